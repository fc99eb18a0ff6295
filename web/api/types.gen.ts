// Generated from the OpenAPI document of the server by api/generate.mjs. Not to be edited by hand.
export interface components {
    schemas: {
        AccessWhy: {
            reason: string | null;
        };
        AccountView: {
            area: components["schemas"]["Named"];
            closed_at: string | null;
            created_at: string;
            devices: number;
            display_name: string;
            id: string;
            must_change_password: boolean;
            name: string;
            roles: components["schemas"]["GrantView"][];
        };
        Alarm: {
            code: string;
            details: {
                [key: string]: number | string;
            };
            message: string;
        };
        Answers: {
            account: components["schemas"]["Who"];
            assignment: string;
            since: string;
            until: string | null;
        };
        ApiAccessCreated: {
            id: string;
            password: string | null;
        };
        AreaKind: "building" | "community" | "division" | "entrance" | "estate" | "grid" | "sector" | "subdistrict" | "village";
        AreaNode: {
            id: string;
            kind: string;
            name: string;
            parent: string | null;
        };
        AreaProfile: {
            area: components["schemas"]["AreaRow"];
            children: components["schemas"]["AreaRow"][];
            history: components["schemas"]["Answers"][];
            lineage: components["schemas"]["Step"][];
            responsible: components["schemas"]["Answers"] | null;
            vacant: boolean;
        };
        AreaRow: {
            code: string | null;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            grids: number;
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            no_property_company: boolean;
            parent: string | null;
            path_name: string;
            responsible: components["schemas"]["Answers"] | null;
            vacancies: number;
            walk: number | null;
        };
        AskToken: {
            account: string | null;
            device_name: string;
            enrolment_code: string | null;
            password: string | null;
        };
        AskedQuestion: {
            choices: components["schemas"]["Choice"][];
            code: string;
            default: boolean | number | string | null;
            label: components["schemas"]["PostureWords"];
            per: components["schemas"]["Per"];
            type: components["schemas"]["QuestionType"];
        };
        Basis: {
            code: string;
            document: string;
            in_force_from: string;
            in_force_until: string | null;
            title: components["schemas"]["PostureWords"];
        };
        Begun: {
            id: string;
            job: string;
        };
        CampaignDocument: {
            drill: boolean;
            ends_on: string;
            form: components["schemas"]["FormDocument"];
            id: string;
            incident: string | null;
            listed: number;
            name: string;
            occasion: string;
            starts_on: string;
        };
        CampaignName: {
            drill: boolean;
            id: string;
            name: string;
            occasion: string;
        };
        CampaignRow: {
            area: components["schemas"]["CampaignsAreaName"];
            closed_at: string | null;
            drill: boolean;
            ends_on: string;
            form: components["schemas"]["FormName"];
            id: string;
            incident: string | null;
            name: string;
            occasion: string;
            opened_at: string;
            starts_on: string;
            state: components["schemas"]["CampaignState"];
            totals: components["schemas"]["Totals"];
        };
        CampaignState: "closed" | "over" | "planned" | "running";
        CampaignsAreaName: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        CampaignsAreaPath: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            path: string[];
        };
        CampaignsClose: {
            reason: string;
        };
        CampaignsNew: {
            area: string;
            ends_on: string;
            form: string;
            incident: string | null;
            name: string;
            occasion: string | null;
            starts_on: string;
            target: components["schemas"]["TargetDefinition"] | null;
        };
        Catalogue: {
            legal_bases: components["schemas"]["Basis"][];
            longest_days: number;
            packs: components["schemas"]["PackName"][];
        };
        Category: "contact" | "health" | "need" | "register" | "travel";
        ChangedArea: {
            code?: string | null;
            estate_kind?: components["schemas"]["EstateKind"] | null;
            gates?: number | null;
            name?: string;
            no_property_company?: boolean;
            on: string | null;
            parent?: string;
            reason: string | null;
            walk?: number | null;
        };
        Choice: {
            label: components["schemas"]["PostureWords"];
            value: string;
        };
        Correct: {
            entry: string;
            outcome: components["schemas"]["Outcome"];
            people: number;
            reason: string;
        };
        Corrected: {
            campaign: string;
            household: string;
            outcome: components["schemas"]["Outcome"] | null;
            state: string;
        };
        CoverageReply: {
            area: components["schemas"]["CampaignsAreaPath"];
            as_of: string;
            campaign: string;
            hours: components["schemas"]["HourCount"][];
            position: number;
            rows: components["schemas"]["CoverageRow"][];
            totals: components["schemas"]["Totals"];
        };
        CoverageRow: {
            area: components["schemas"]["CampaignsAreaName"];
            attempted: number;
            disputed: number;
            done: number;
            due: number;
            found: number;
            listed: number;
            people: number;
            people_due: number;
            remaining: number;
            struck: number;
            untouched: number;
        };
        DeskAreaName: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        DeskAreaPath: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            path: string[];
        };
        DeskDecision: {
            accept: boolean;
            reason: string;
        };
        DeviceCount: {
            held: number;
            highest_n: number;
            stored: number;
        };
        DeviceView: {
            account: components["schemas"]["Named"];
            clock_offset_s: number | null;
            enrolled_at: string;
            held: number;
            highest_n: number;
            id: string;
            last_contact_at: string | null;
            name: string;
            revoked_at: string | null;
            stored: number;
        };
        DisagreementView: {
            door: string;
            edits: components["schemas"]["EditView"][];
            field: string;
            grid: string;
            household: string;
            id: string;
            kind: components["schemas"]["Question"];
            name: string;
            place: string;
            resident: string | null;
        };
        DisclosureView: {
            account: components["schemas"]["Named"];
            area: components["schemas"]["Named"] | null;
            at: string;
            count: number;
            how: components["schemas"]["Looked"];
            id: string;
            purpose: string;
            reason: string | null;
            what: string;
        };
        DisputedRow: {
            at: string;
            entry: string;
            household: string;
            outcome: components["schemas"]["Outcome"];
        };
        DwellingKind: "flat" | "house" | "other";
        EditView: {
            at: string | null;
            by: string;
            field: string;
            id: string;
            reason: string | null;
            shown: boolean;
            value: string | null;
        };
        Edited: {
            base_version: number;
            field: components["schemas"]["Field"];
            reason: string | null;
            value: string | null;
        };
        EndedArea: {
            into: string[];
            on: string;
            reason: string | null;
        };
        Enrolled: {
            account: components["schemas"]["Named"];
            cache_hours: number;
            device: components["schemas"]["Named"];
            expires_at: string;
            token: string;
        };
        EnrolmentCard: {
            address: string;
            code: string;
            expires_at: string;
            qr_svg: string;
        };
        EntryRow: {
            actor: components["schemas"]["Named"] | null;
            area: components["schemas"]["Named"];
            at: string;
            device: components["schemas"]["Named"] | null;
            facts: Record<string, never>;
            flags: string[];
            id: string;
            kind: string;
            position: number;
            received_at: string;
        };
        EstateKind: "mixed_use" | "modern" | "old" | "open_street" | "self_built";
        Fate: "already_held" | "held" | "refused" | "stored";
        FeedPage: {
            as_of: string;
            campaigns: components["schemas"]["CampaignDocument"][];
            device: components["schemas"]["DeviceCount"] | null;
            gone: string[];
            households: components["schemas"]["HouseholdDocument"][];
            more: boolean;
            names_until: string;
            position: number;
            reset: boolean;
            scope: components["schemas"]["FieldScope"];
            shape: string;
            tasks: components["schemas"]["TaskDocument"][];
        };
        Field: "born_on" | "document_kind" | "id_number" | "name" | "phone" | "relation" | "residence_kind" | "sex" | "status";
        FieldScope: {
            areas: components["schemas"]["AreaNode"][];
            grids: components["schemas"]["GridScope"][];
        };
        FindingView: {
            code: string;
            column: string;
            message: string;
            row: number;
            severity: components["schemas"]["Severity"];
        };
        Form: {
            code: string;
            questions: components["schemas"]["Question"][];
            title: components["schemas"]["PostureWords"];
        };
        FormDocument: {
            id: string;
            questions: components["schemas"]["AskedQuestion"][];
            shown: string[];
            title: components["schemas"]["PostureWords"];
            version: number;
        };
        FormName: {
            code: string;
            id: string;
            title: components["schemas"]["PostureWords"];
            version: number;
        };
        FormRow: {
            area: string;
            area_name: string;
            code: string;
            id: string;
            incident: string | null;
            published_at: string;
            questions: number;
            title: components["schemas"]["PostureWords"];
            version: number;
        };
        FormView: {
            area: string;
            area_name: string;
            code: string;
            form: components["schemas"]["Form"];
            id: string;
            incident: string | null;
            published_at: string;
            questions: number;
            title: components["schemas"]["PostureWords"];
            version: number;
        };
        FormsNew: {
            area: string;
            form: Record<string, never>;
        };
        GrantState: "declined" | "granted" | "proposed";
        GrantView: {
            account: components["schemas"]["Named"];
            area: components["schemas"]["Named"];
            id: string;
            in_force: boolean;
            proposed_by: string | null;
            purposes: string[];
            role: components["schemas"]["Role"];
            starts_at: string;
            state: components["schemas"]["GrantState"];
            until: string | null;
        };
        GridAnswer: {
            account: components["schemas"]["Named"] | null;
            since: string | null;
            until: string | null;
        };
        GridScope: {
            id: string;
            name: string;
            path: string[];
            responsible: boolean;
        };
        HandIn: {
            records: unknown[];
        };
        HandInReply: {
            device: components["schemas"]["DeviceCount"] | null;
            position: number;
            receipts: components["schemas"]["Receipt"][];
        };
        Health: {
            backup_age_s: number | null;
            clock_odd_devices: number;
            disk_free_pct: number;
            held: number;
            vacancies: number;
        };
        HeldRow: {
            area: string | null;
            device: string | null;
            id: string;
            kind: string;
            received_at: string;
            sender: string | null;
            why: string;
            why_in_words: string;
        };
        Hour: {
            hour: string;
            households: number;
            people: number;
        };
        HourCount: {
            hour: number;
            households: number;
            people: number;
        };
        HouseholdDocument: {
            area: string;
            door: string;
            dwelling: string;
            grid: string;
            id: string;
            position: number;
            residents: components["schemas"]["ResidentDocument"][];
            status: components["schemas"]["Status"];
            walk: number;
        };
        HouseholdRow: {
            area: string;
            door: string;
            dwelling: string;
            found: boolean;
            grid: string;
            head: string;
            id: string;
            people: number;
            place: string;
            status: components["schemas"]["Status"];
        };
        HouseholdView: {
            household: components["schemas"]["HouseholdRow"];
            residents: components["schemas"]["ResidentRow"][];
        };
        ImportAnswer: {
            bad: number;
            created_at: string;
            edits: number;
            file_name: string;
            findings: components["schemas"]["FindingView"][];
            good: number;
            households: number;
            id: string;
            job: string | null;
            kept_households: number;
            kept_residents: number;
            problem: components["schemas"]["FindingView"] | null;
            residents: number;
            rows: number;
            state: components["schemas"]["ImportState"];
            unchanged: number;
            warned: number;
        };
        ImportState: "dropped" | "failed" | "published" | "publishing" | "reading" | "ready" | "undoing" | "undone";
        IncidentRow: {
            area: components["schemas"]["PostureAreaName"];
            basis: components["schemas"]["Basis"] | null;
            closed_at: string | null;
            days_left: number;
            drill: boolean;
            ends_at: string;
            id: string;
            issuer: string;
            name: string;
            pack: components["schemas"]["PackName"];
            renewal: components["schemas"]["Renewal"] | null;
            starts_at: string;
            state: components["schemas"]["IncidentState"];
        };
        IncidentState: "closed" | "ended" | "open" | "planned";
        JobState: {
            done: number;
            id: string;
            problem: components["schemas"]["ProblemReply"] | null;
            result: unknown;
            state: string;
            total: number | null;
            words: components["schemas"]["PlumbingWords"] | null;
        };
        Looked: "downloaded" | "exported" | "listed" | "revealed";
        Me: {
            account: components["schemas"]["Named"];
            csrf: string;
            demo: boolean;
            grants: components["schemas"]["MyGrant"][];
            must_change_password: boolean;
            reveals_left: number;
        };
        Measure: {
            definition_en: string;
            definition_zh: string;
            denominator: string | null;
            en: string;
            name: string;
            unit: components["schemas"]["Unit"];
            zh: string;
        };
        MyGrant: {
            area: components["schemas"]["Named"];
            permissions: string[];
            purposes: string[];
            role: string;
            until: string | null;
        };
        Named: {
            id: string;
            name: string;
        };
        NewAccount: {
            area: string;
            display_name: string;
            name: string;
            with_password: boolean;
        };
        NewArea: {
            code: string | null;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            kind: components["schemas"]["AreaKind"];
            name: string;
            no_property_company: boolean;
            on: string | null;
            parent: string | null;
            split_from: string[];
            walk: number | null;
        };
        NewPassword: {
            new_password: string;
            old_password: string;
        };
        NewResponsible: {
            account: string | null;
            until: string | null;
        };
        NewRole: {
            area: string;
            purposes: components["schemas"]["Purpose"][] | null;
            role: components["schemas"]["Role"];
            starts_at: string | null;
            until: string | null;
        };
        Outcome: "done" | "elsewhere" | "moved_away" | "nobody_home" | "refused" | "vacant";
        Overview: {
            alarms: components["schemas"]["Alarm"][];
            area: components["schemas"]["DeskAreaPath"];
            as_of: string;
            campaign: components["schemas"]["CampaignName"] | null;
            health: components["schemas"]["Health"];
            hours: components["schemas"]["Hour"][];
            position: number;
            rows: components["schemas"]["OverviewRow"][];
            totals: components["schemas"]["Totals"];
        };
        OverviewRow: {
            area: components["schemas"]["DeskAreaName"];
            attempted: number;
            disputed: number;
            done: number;
            due: number;
            found: number;
            last_sync_at: string | null;
            listed: number;
            people: number;
            people_due: number;
            remaining: number;
            responsible: string | null;
            struck: number;
            untouched: number;
        };
        PackName: {
            code: string;
            retention_days: number;
            title: components["schemas"]["PostureWords"];
            version: number;
        };
        Page_AccountView_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["AccountView"][];
            total: number;
        };
        Page_AreaRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["AreaRow"][];
            total: number;
        };
        Page_CampaignRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["CampaignRow"][];
            total: number;
        };
        Page_DeviceView_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["DeviceView"][];
            total: number;
        };
        Page_DisagreementView_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["DisagreementView"][];
            total: number;
        };
        Page_DisclosureView_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["DisclosureView"][];
            total: number;
        };
        Page_EntryRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["EntryRow"][];
            total: number;
        };
        Page_FormRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["FormRow"][];
            total: number;
        };
        Page_GrantView_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["GrantView"][];
            total: number;
        };
        Page_HeldRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["HeldRow"][];
            total: number;
        };
        Page_HouseholdRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["HouseholdRow"][];
            total: number;
        };
        Page_ImportAnswer_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["ImportAnswer"][];
            total: number;
        };
        Page_IncidentRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["IncidentRow"][];
            total: number;
        };
        Page_ResidentRow_: {
            as_of: string;
            page: number;
            page_size: number;
            rows: components["schemas"]["ResidentRow"][];
            total: number;
        };
        Per: "household" | "person";
        PlumbingWords: {
            en: string;
            zh: string;
        };
        PostureAreaName: {
            id: string;
            name: string;
        };
        PostureClose: {
            reason: string;
        };
        PostureNew: {
            area: string;
            basis: string;
            drill: boolean;
            ends_at: string;
            issuer: string;
            name: string;
            pack: string;
            starts_at: string | null;
        };
        PostureWords: {
            en: string;
            zh: string;
        };
        ProblemReply: {
            code: string;
            details: Record<string, never>;
            message: string;
        };
        Purpose: "audit" | "care" | "incident_response" | "operations" | "register_upkeep";
        Question: "field" | "struck_but_edited";
        QuestionType: "choice" | "integer" | "text" | "yes_no";
        Receipt: {
            code: string | null;
            fate: components["schemas"]["Fate"];
            id: string | null;
            message: string | null;
        };
        Recorded: {
            id: string;
        };
        RegistryDecision: {
            kept: string;
            reason: string;
        };
        RemainderCounts: {
            appointment: number;
            elsewhere: number;
            nobody_home: number;
            refused: number;
            untouched: number;
        };
        RemainderReply: {
            as_of: string;
            campaign: string;
            counts: components["schemas"]["RemainderCounts"];
            disputed: components["schemas"]["DisputedRow"][] | null;
            grid: components["schemas"]["CampaignsAreaPath"];
            page: number;
            page_size: number;
            rows: components["schemas"]["RemainderRow"][] | null;
            total: number;
            totals: components["schemas"]["Totals"];
        };
        RemainderRow: {
            appointment: string | null;
            at: string | null;
            attempts: number;
            door: string;
            head: string;
            household: string;
            outcome: components["schemas"]["Outcome"] | null;
            people: number;
            state: components["schemas"]["TaskState"];
        };
        Renew: {
            ends_at: string | null;
            proposal: string | null;
            reason: string | null;
        };
        Renewal: {
            ends_at: string;
            id: string;
            proposed_at: string;
            proposed_by_me: boolean;
            reason: string;
        };
        Reset: {
            password: string;
        };
        ResidentDocument: {
            born_year: number | null;
            id: string;
            id_masked: string;
            name: string;
            phone_masked: string;
            relation: string | null;
            residence_kind: string | null;
            sex: string | null;
            status: components["schemas"]["Status"];
            versions: {
                [key: string]: number;
            };
        };
        ResidentRow: {
            area: string;
            born_year: number | null;
            document_kind: string | null;
            door: string;
            grid: string;
            household: string;
            id: string;
            id_masked: string;
            name: string;
            phone_masked: string;
            place: string;
            relation: string | null;
            residence_kind: string | null;
            sex: string | null;
            status: components["schemas"]["Status"];
            versions: {
                [key: string]: number;
            };
        };
        Revealed: {
            value: string | null;
        };
        Revealing: {
            field: components["schemas"]["Field"];
            purpose: components["schemas"]["Purpose"];
            reason: string;
        };
        Role: "audit_admin" | "command" | "community_officer" | "data_officer" | "grid_lead" | "grid_worker" | "hotline_operator" | "resident" | "sampler" | "sector_officer" | "security_admin" | "subdistrict_officer" | "system_admin" | "tracer" | "volunteer";
        ServerKey: {
            key_id: string;
            public_key: string;
        };
        Session: {
            csrf: string;
            signed_in: boolean;
        };
        Severity: "error" | "warning";
        SignIn: {
            account: string;
            password: string;
        };
        Status: "present" | "struck";
        Step: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        TargetDefinition: {
            areas: string[];
            dwelling: components["schemas"]["DwellingKind"] | null;
            households: components["schemas"]["Targeted"];
            years: number | null;
        };
        Targeted: "all" | "with_age_from" | "with_age_until";
        TaskDocument: {
            appointment: string | null;
            at: string | null;
            campaign: string;
            occasion: string;
            outcome: components["schemas"]["Outcome"] | null;
            position: number;
            state: components["schemas"]["TaskState"];
            target: string;
        };
        TaskState: "attempted" | "done" | "struck" | "untouched";
        Totals: {
            attempted: number;
            disputed: number;
            done: number;
            due: number;
            found: number;
            listed: number;
            people: number;
            people_due: number;
            remaining: number;
            struck: number;
            untouched: number;
        };
        TreeLoaded: {
            added: number;
            changed: number;
            position: number | null;
            unchanged: number;
        };
        Undoing: {
            reason: string;
        };
        Unit: "households" | "people" | "person_times" | "records";
        Upload: {
            area: string;
            code: string;
            title_en: string;
            title_zh: string;
        };
        Who: {
            id: string;
            name: string;
        };
    };
}
