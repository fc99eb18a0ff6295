// Generated from the OpenAPI document of the server by api/generate.mjs. Not to be edited by hand.
export interface components {
    schemas: {
        AccessSheet: {
            member: number;
            name: string;
            at: string;
            mine: boolean;
        };
        AccessWhy: {
            reason: string | null;
        };
        AccountView: {
            id: string;
            name: string;
            display_name: string;
            area: components["schemas"]["Named"];
            created_at: string;
            closed_at: string | null;
            must_change_password: boolean;
            roles: components["schemas"]["GrantView"][];
            devices: number;
        };
        Alarm: {
            code: string;
            message: string;
            details: {
                [key: string]: number | string;
            };
        };
        Answers: {
            assignment: string;
            account: components["schemas"]["Who"];
            since: string;
            until: string | null;
        };
        ApiAccessCreated: {
            id: string;
            password: string | null;
        };
        Area: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            code: string | null;
            name: string;
            parent: string | null;
            path: string[];
            walk: number | null;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            no_property_company: boolean;
            valid_from: string | null;
            valid_to: string | null;
        };
        AreaKind: "building" | "community" | "division" | "entrance" | "estate" | "grid" | "sector" | "subdistrict" | "village";
        AreaMap: {
            area: string;
            box: [
                [
                    number,
                    number
                ],
                [
                    number,
                    number
                ]
            ] | null;
            areas: components["schemas"]["DrawnArea"][];
            markers: components["schemas"]["Marker"][];
        };
        AreaNode: {
            id: string;
            parent: string | null;
            kind: string;
            name: string;
        };
        AreaProfile: {
            area: components["schemas"]["AreaRow"];
            lineage: components["schemas"]["Step"][];
            children: components["schemas"]["AreaRow"][];
            responsible: components["schemas"]["Answers"] | null;
            history: components["schemas"]["Answers"][];
            vacant: boolean;
            looks: components["schemas"]["FormerLook"][];
            before: components["schemas"]["Step"][];
            after: components["schemas"]["Step"][];
            ended_on: string | null;
        };
        AreaRow: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            code: string | null;
            parent: string | null;
            path_name: string;
            walk: number | null;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            no_property_company: boolean;
            grids: number;
            vacancies: number;
            responsible: components["schemas"]["Answers"] | null;
        };
        AskToken: {
            device_name: string;
            account: string | null;
            password: string | null;
            enrolment_code: string | null;
        };
        AskedPart: {
            grid: string | null;
            name: string;
            code: string | null;
            areas: string[];
            doors: string[];
            rest: boolean;
        };
        AskedQuestion: {
            code: string;
            per: components["schemas"]["Per"];
            type: components["schemas"]["QuestionType"];
            label: components["schemas"]["PostureWords"];
            choices: components["schemas"]["Choice"][];
            default: boolean | number | string | null;
        };
        Basis: {
            code: string;
            title: components["schemas"]["PostureWords"];
            document: string;
            in_force_from: string;
            in_force_until: string | null;
        };
        Begun: {
            id: string;
            job: string;
        };
        Boundaries: "kept" | "today";
        CampaignDocument: {
            id: string;
            name: string;
            occasion: string;
            drill: boolean;
            incident: string | null;
            form: components["schemas"]["FormDocument"];
            starts_on: string;
            ends_on: string;
            listed: number;
        };
        CampaignName: {
            id: string;
            name: string;
            drill: boolean;
            occasion: string;
        };
        CampaignRow: {
            id: string;
            name: string;
            area: components["schemas"]["CampaignsAreaName"];
            incident: string | null;
            drill: boolean;
            occasion: string;
            form: components["schemas"]["FormName"];
            starts_on: string;
            ends_on: string;
            opened_at: string;
            closed_at: string | null;
            state: components["schemas"]["CampaignState"];
            totals: components["schemas"]["Totals"];
        };
        CampaignState: "closed" | "over" | "planned" | "running";
        CampaignsAreaName: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
        };
        CampaignsAreaPath: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            path: string[];
        };
        CampaignsClose: {
            reason: string;
        };
        CampaignsNew: {
            name: string;
            area: string;
            form: string;
            starts_on: string;
            ends_on: string;
            incident: string | null;
            occasion: string | null;
            target: components["schemas"]["TargetDefinition"] | null;
        };
        Catalogue: {
            legal_bases: components["schemas"]["Basis"][];
            packs: components["schemas"]["PackName"][];
            longest_days: number;
        };
        Category: "contact" | "health" | "need" | "register" | "travel";
        Certificate: {
            key: string;
            confirmed_at: string;
            incident: string;
            name: string;
            area: string;
            basis: string;
            starts_at: string;
            over_at: string;
            retention_days: number;
            drill: boolean;
            reason: string;
            proposal: string;
            proposed_by: components["schemas"]["PosturePerson"];
            proposed_at: string;
            confirmed_by: components["schemas"]["PosturePerson"];
            entries_gone: {
                [key: string]: number;
            };
            waiting_gone: number;
            counts_kept: {
                [key: string]: number;
            };
            position: number;
            chain: string;
            again_at: string | null;
        };
        ChangedArea: {
            on: string | null;
            reason: string | null;
            name?: string;
            code?: string | null;
            parent?: string;
            walk?: number | null;
            estate_kind?: components["schemas"]["EstateKind"] | null;
            gates?: number | null;
            no_property_company?: boolean;
        };
        Choice: {
            value: string;
            label: components["schemas"]["PostureWords"];
        };
        Chosen: {
            index: number;
            target: components["schemas"]["Target"];
        };
        ColumnView: {
            index: number;
            title: string;
            target: components["schemas"]["Target"] | null;
            sure: number;
            why: string[];
            barred: boolean;
        };
        Confirmed: {
            layout: components["schemas"]["Layout"];
            sender: string;
        };
        Correct: {
            entry: string;
            outcome: components["schemas"]["Outcome"];
            reason: string;
            people: number;
        };
        Corrected: {
            campaign: string;
            household: string;
            state: string;
            outcome: components["schemas"]["Outcome"] | null;
        };
        CoverageReply: {
            as_of: string;
            position: number;
            campaign: string;
            area: components["schemas"]["CampaignsAreaPath"];
            totals: components["schemas"]["Totals"];
            rows: components["schemas"]["CoverageRow"][];
            hours: components["schemas"]["HourCount"][];
            boundaries: components["schemas"]["Boundaries"];
        };
        CoverageRow: {
            listed: number;
            found: number;
            struck: number;
            done: number;
            attempted: number;
            people: number;
            people_due: number;
            disputed: number;
            due: number;
            untouched: number;
            remaining: number;
            area: components["schemas"]["CampaignsAreaName"];
        };
        Datum: "gcj02" | "wgs84";
        DeskAreaName: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
        };
        DeskAreaPath: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            path: string[];
        };
        DeskDecision: {
            accept: boolean;
            reason: string;
        };
        DeviceCount: {
            stored: number;
            held: number;
            highest_n: number;
        };
        DeviceView: {
            id: string;
            name: string;
            account: components["schemas"]["Named"];
            enrolled_at: string;
            revoked_at: string | null;
            last_contact_at: string | null;
            clock_offset_s: number | null;
            stored: number;
            held: number;
            highest_n: number;
        };
        DisagreementView: {
            id: string;
            kind: components["schemas"]["Question"];
            household: string;
            resident: string | null;
            grid: string;
            place: string;
            door: string;
            name: string;
            field: string;
            edits: components["schemas"]["EditView"][];
        };
        DisclosureView: {
            id: string;
            at: string;
            account: components["schemas"]["Named"];
            how: components["schemas"]["Looked"];
            what: string;
            purpose: string;
            area: components["schemas"]["Named"] | null;
            count: number;
            reason: string | null;
        };
        DisputedRow: {
            household: string;
            entry: string;
            outcome: components["schemas"]["Outcome"];
            at: string;
        };
        Drawing: {
            document: Record<string, never>;
            datum: components["schemas"]["Datum"];
            on: string | null;
        };
        Drawn: {
            areas: number;
        };
        DrawnArea: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            shape: [
                number,
                number
            ][][][] | null;
            people: number | null;
        };
        DuplicateView: {
            id: string;
            sure: string;
            reasons: string[];
            one: components["schemas"]["ResidentRow"];
            other: components["schemas"]["ResidentRow"];
            seen_one: number;
            seen_other: number;
        };
        DwellingKind: "flat" | "house" | "other";
        EditView: {
            id: string;
            field: string;
            value: string | null;
            by: string;
            at: string | null;
            reason: string | null;
            shown: boolean;
        };
        Edited: {
            field: components["schemas"]["Field"];
            base_version: number;
            value: string | null;
            reason: string | null;
        };
        EndedArea: {
            on: string;
            into: string[];
            reason: string | null;
        };
        Enrolled: {
            token: string;
            expires_at: string;
            device: components["schemas"]["Named"];
            account: components["schemas"]["Named"];
            cache_hours: number;
        };
        EnrolmentCard: {
            code: string;
            expires_at: string;
            address: string;
            qr_svg: string;
        };
        EntryRow: {
            position: number;
            id: string;
            kind: string;
            at: string;
            received_at: string;
            area: components["schemas"]["Named"];
            actor: components["schemas"]["Named"] | null;
            device: components["schemas"]["Named"] | null;
            flags: string[];
            facts: Record<string, never>;
        };
        ErrorDetail: {
            loc?: (number | string)[];
            msg: string;
            type?: string;
        };
        ErrorModel: {
            detail: components["schemas"]["ErrorDetail"][];
        };
        EstateGap: "gates_unknown" | "kind_unknown" | "no_outline" | "no_property_company";
        EstateKind: "mixed_use" | "modern" | "old" | "open_street" | "self_built";
        Fate: "already_held" | "held" | "refused" | "stored";
        FeedPage: {
            reset: boolean;
            position: number;
            more: boolean;
            as_of: string;
            names_until: string;
            shape: string;
            scope: components["schemas"]["FieldScope"];
            campaigns: components["schemas"]["CampaignDocument"][];
            households: components["schemas"]["HouseholdDocument"][];
            gone: string[];
            tasks: components["schemas"]["TaskDocument"][];
            device: components["schemas"]["DeviceCount"] | null;
            forgotten: string[];
        };
        Field: "born_on" | "document_kind" | "id_number" | "name" | "phone" | "relation" | "residence_kind" | "sex" | "status";
        FieldScope: {
            grids: components["schemas"]["GridScope"][];
            areas: components["schemas"]["AreaNode"][];
        };
        FindingView: {
            row: number;
            column: string;
            severity: components["schemas"]["Severity"];
            code: string;
            message: string;
        };
        FirstWords: {
            words: string;
        };
        Fit: {
            index: number;
            title: string;
            target: components["schemas"]["Target"];
            fit: number;
            n: number;
        };
        Forget: {
            proposal: string | null;
            reason: string | null;
        };
        Forgetting: {
            due_at: string;
            due: boolean;
            forgotten_at: string | null;
            confirmed_by: string | null;
            proposal: components["schemas"]["ForgettingWaits"] | null;
            entries: {
                [key: string]: number;
            };
            waiting: number;
            counts: {
                [key: string]: number;
            };
        };
        ForgettingWaits: {
            id: string;
            reason: string;
            proposed_by: string;
            proposed_at: string;
            proposed_by_me: boolean;
        };
        Form: {
            code: string;
            title: components["schemas"]["PostureWords"];
            questions: components["schemas"]["Question"][];
        };
        FormDocument: {
            id: string;
            version: number;
            title: components["schemas"]["PostureWords"];
            questions: components["schemas"]["AskedQuestion"][];
            shown: string[];
        };
        FormName: {
            id: string;
            code: string;
            version: number;
            title: components["schemas"]["PostureWords"];
        };
        FormRow: {
            id: string;
            code: string;
            version: number;
            title: components["schemas"]["PostureWords"];
            area: string;
            area_name: string;
            incident: string | null;
            questions: number;
            published_at: string;
        };
        FormView: {
            id: string;
            code: string;
            version: number;
            title: components["schemas"]["PostureWords"];
            area: string;
            area_name: string;
            incident: string | null;
            questions: number;
            published_at: string;
            form: components["schemas"]["Form"];
        };
        FormerLook: {
            name: string;
            code: string | null;
            path_name: string;
            valid_from: string;
            valid_to: string | null;
        };
        FormsNew: {
            area: string;
            form: Record<string, never>;
        };
        GapRow: {
            id: string;
            name: string;
            path_name: string;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            gaps: components["schemas"]["EstateGap"][];
        };
        GrantState: "declined" | "granted" | "proposed";
        GrantView: {
            id: string;
            account: components["schemas"]["Named"];
            role: components["schemas"]["Role"];
            area: components["schemas"]["Named"];
            purposes: string[];
            starts_at: string;
            until: string | null;
            state: components["schemas"]["GrantState"];
            proposed_by: string | null;
            in_force: boolean;
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
            receipts: components["schemas"]["Receipt"][];
            position: number;
            device: components["schemas"]["DeviceCount"] | null;
        };
        Health: {
            held: number;
            backup_age_s: number | null;
            disk_free_pct: number;
            clock_odd_devices: number;
            vacancies: number;
            shares: components["schemas"]["SharesHeld"] | null;
        };
        HeldRow: {
            id: string;
            kind: string;
            why: string;
            why_in_words: string;
            received_at: string;
            sender: string | null;
            device: string | null;
            area: string | null;
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
            id: string;
            dwelling: string;
            area: string;
            grid: string;
            door: string;
            walk: number;
            status: components["schemas"]["Status"];
            position: number;
            residents: components["schemas"]["ResidentDocument"][];
        };
        HouseholdRow: {
            id: string;
            dwelling: string;
            grid: string;
            area: string;
            place: string;
            door: string;
            people: number;
            head: string;
            status: components["schemas"]["Status"];
            found: boolean;
        };
        HouseholdView: {
            household: components["schemas"]["HouseholdRow"];
            residents: components["schemas"]["ResidentRow"][];
        };
        ImportAnswer: {
            id: string;
            state: components["schemas"]["ImportState"];
            file_name: string;
            created_at: string;
            rows: number;
            good: number;
            bad: number;
            warned: number;
            households: number;
            residents: number;
            edits: number;
            unchanged: number;
            job: string | null;
            problem: components["schemas"]["FindingView"] | null;
            findings: components["schemas"]["FindingView"][];
            kept_households: number;
            kept_residents: number;
            own_layout: boolean;
            needs_another: boolean;
        };
        ImportState: "choosing" | "dropped" | "failed" | "published" | "publishing" | "reading" | "ready" | "undoing" | "undone";
        IncidentRow: {
            id: string;
            name: string;
            area: components["schemas"]["PostureAreaName"];
            basis: components["schemas"]["Basis"] | null;
            issuer: string;
            pack: components["schemas"]["PackName"];
            starts_at: string;
            ends_at: string;
            closed_at: string | null;
            state: components["schemas"]["IncidentState"];
            days_left: number;
            drill: boolean;
            renewal: components["schemas"]["Renewal"] | null;
            due_at: string;
            forgetting_waits: boolean;
        };
        IncidentState: "closed" | "ended" | "forgotten" | "open" | "planned";
        JobState: {
            id: string;
            state: string;
            done: number;
            total: number | null;
            words: components["schemas"]["PlumbingWords"] | null;
            problem: components["schemas"]["ProblemReply"] | null;
            result: unknown;
        };
        Layout: {
            header: number;
            header_rows: number;
            columns: components["schemas"]["Chosen"][];
            sheet: string;
            community: string;
            grid: string;
            carry: boolean;
        };
        LayoutView: {
            sheets: components["schemas"]["RegistrySheet"][];
            header: number;
            header_rows: number;
            columns: components["schemas"]["ColumnView"][];
            layout: components["schemas"]["Layout"];
            sender: string;
        };
        Looked: "downloaded" | "exported" | "listed" | "revealed";
        Looking: {
            job: string;
        };
        Marker: {
            id: string;
            area: string;
            kind: components["schemas"]["MarkerKind"];
            name: string;
            point: [
                number,
                number
            ];
        };
        MarkerKind: "gate" | "site";
        MarkerPut: {
            marker: string;
        };
        Me: {
            account: components["schemas"]["Named"];
            grants: components["schemas"]["MyGrant"][];
            must_change_password: boolean;
            csrf: string;
            demo: boolean;
            reveals_left: number;
        };
        Measure: {
            name: string;
            unit: components["schemas"]["Unit"];
            zh: string;
            en: string;
            definition_zh: string;
            definition_en: string;
            denominator: string | null;
        };
        Merge: {
            into: string;
            reason: string;
        };
        MergeView: {
            id: string;
            kept: components["schemas"]["ResidentRow"];
            other: components["schemas"]["ResidentRow"];
            by: string;
            at: string;
            reason: string;
        };
        Merged: {
            ended: string;
            into: string;
        };
        Merging: {
            kept: string;
            seen_one: number;
            seen_other: number;
            take: components["schemas"]["Field"][];
            reason: string;
        };
        MyGrant: {
            role: string;
            area: components["schemas"]["Named"];
            permissions: string[];
            purposes: string[];
            until: string | null;
        };
        Named: {
            id: string;
            name: string;
        };
        NewAccount: {
            name: string;
            display_name: string;
            area: string;
            with_password: boolean;
        };
        NewArea: {
            kind: components["schemas"]["AreaKind"];
            name: string;
            parent: string | null;
            code: string | null;
            on: string | null;
            walk: number | null;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            no_property_company: boolean;
            split_from: string[];
        };
        NewMarker: {
            kind: components["schemas"]["MarkerKind"];
            name: string;
            east: number | null;
            north: number | null;
            datum: components["schemas"]["Datum"];
            marker: string | null;
        };
        NewPassword: {
            old_password: string;
            new_password: string;
        };
        NewResponsible: {
            account: string | null;
            until: string | null;
        };
        NewRole: {
            role: components["schemas"]["Role"];
            area: string;
            starts_at: string | null;
            until: string | null;
            purposes: components["schemas"]["Purpose"][] | null;
        };
        Outcome: "done" | "elsewhere" | "moved_away" | "nobody_home" | "refused" | "vacant";
        Overview: {
            as_of: string;
            position: number;
            campaign: components["schemas"]["CampaignName"] | null;
            area: components["schemas"]["DeskAreaPath"];
            totals: components["schemas"]["Totals"];
            rows: components["schemas"]["OverviewRow"][];
            hours: components["schemas"]["Hour"][];
            health: components["schemas"]["Health"];
            alarms: components["schemas"]["Alarm"][];
        };
        OverviewRow: {
            listed: number;
            found: number;
            struck: number;
            done: number;
            attempted: number;
            people: number;
            people_due: number;
            disputed: number;
            due: number;
            untouched: number;
            remaining: number;
            area: components["schemas"]["DeskAreaName"];
            responsible: string | null;
            last_sync_at: string | null;
            unheard: number;
        };
        PackName: {
            code: string;
            version: number;
            title: components["schemas"]["PostureWords"];
            retention_days: number;
        };
        Page_AccountView_: {
            rows: components["schemas"]["AccountView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_AreaRow_: {
            rows: components["schemas"]["AreaRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_CampaignRow_: {
            rows: components["schemas"]["CampaignRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_DeviceView_: {
            rows: components["schemas"]["DeviceView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_DisagreementView_: {
            rows: components["schemas"]["DisagreementView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_DisclosureView_: {
            rows: components["schemas"]["DisclosureView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_DuplicateView_: {
            rows: components["schemas"]["DuplicateView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_EntryRow_: {
            rows: components["schemas"]["EntryRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_FormRow_: {
            rows: components["schemas"]["FormRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_GrantView_: {
            rows: components["schemas"]["GrantView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_HeldRow_: {
            rows: components["schemas"]["HeldRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_HouseholdRow_: {
            rows: components["schemas"]["HouseholdRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_ImportAnswer_: {
            rows: components["schemas"]["ImportAnswer"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_IncidentRow_: {
            rows: components["schemas"]["IncidentRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_MergeView_: {
            rows: components["schemas"]["MergeView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_ResidentRow_: {
            rows: components["schemas"]["ResidentRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        PartCount: {
            grid: string | null;
            name: string;
            dwellings: number;
            households: number;
            people: number;
        };
        Per: "household" | "person";
        PlumbingWords: {
            zh: string;
            en: string;
        };
        PostureAreaName: {
            id: string;
            name: string;
        };
        PostureClose: {
            reason: string;
        };
        PostureNew: {
            name: string;
            area: string;
            basis: string;
            pack: string;
            issuer: string;
            ends_at: string;
            starts_at: string | null;
            drill: boolean;
        };
        PosturePerson: {
            account: string;
            name: string;
        };
        PostureWords: {
            zh: string;
            en: string;
        };
        PreviewRow: {
            row: number;
            place: string;
            door: string;
            name: string;
            sex: string | null;
            born_year: number | null;
            relation: string | null;
            id_masked: string;
            phone_masked: string;
            residence_kind: string | null;
            why: string;
            findings: components["schemas"]["FindingView"][];
        };
        PreviewView: {
            rows: components["schemas"]["PreviewRow"][];
            fits: components["schemas"]["Fit"][];
        };
        ProblemReply: {
            code: string;
            message: string;
            details: Record<string, never>;
        };
        Purpose: "audit" | "care" | "incident_response" | "operations" | "register_upkeep";
        Question: "field" | "struck_but_edited";
        QuestionType: "choice" | "integer" | "text" | "yes_no";
        Receipt: {
            id: string | null;
            fate: components["schemas"]["Fate"];
            code: string | null;
            message: string | null;
        };
        Recorded: {
            id: string;
        };
        Redraw: {
            parts: components["schemas"]["AskedPart"][];
            end: boolean;
            only_look: boolean;
            reason: string;
        };
        RedrawPlan: {
            source: string;
            parts: components["schemas"]["PartCount"][];
            unclear: string[];
            done: boolean;
        };
        RegistryDecision: {
            kept: string;
            reason: string;
        };
        RegistrySheet: {
            name: string;
            hidden: boolean;
        };
        RemainderCounts: {
            untouched: number;
            appointment: number;
            nobody_home: number;
            refused: number;
            elsewhere: number;
        };
        RemainderReply: {
            as_of: string;
            campaign: string;
            grid: components["schemas"]["CampaignsAreaPath"];
            totals: components["schemas"]["Totals"];
            counts: components["schemas"]["RemainderCounts"];
            rows: components["schemas"]["RemainderRow"][] | null;
            disputed: components["schemas"]["DisputedRow"][] | null;
            total: number;
            page: number;
            page_size: number;
        };
        RemainderRow: {
            household: string;
            state: components["schemas"]["TaskState"];
            outcome: components["schemas"]["Outcome"] | null;
            at: string | null;
            attempts: number;
            appointment: string | null;
            door: string;
            head: string;
            people: number;
        };
        Renew: {
            proposal: string | null;
            ends_at: string | null;
            reason: string | null;
        };
        Renewal: {
            id: string;
            ends_at: string;
            reason: string;
            proposed_at: string;
            proposed_by_me: boolean;
        };
        Reset: {
            password: string;
        };
        ResidentDocument: {
            id: string;
            name: string;
            sex: string | null;
            born_year: number | null;
            relation: string | null;
            residence_kind: string | null;
            phone_masked: string;
            id_masked: string;
            status: components["schemas"]["Status"];
            versions: {
                [key: string]: number;
            };
        };
        ResidentRow: {
            id: string;
            household: string;
            grid: string;
            area: string;
            place: string;
            door: string;
            name: string;
            sex: string | null;
            born_year: number | null;
            relation: string | null;
            residence_kind: string | null;
            document_kind: string | null;
            id_masked: string;
            phone_masked: string;
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
            reason: string;
            purpose: components["schemas"]["Purpose"];
        };
        Role: "audit_admin" | "command" | "community_officer" | "data_officer" | "grid_lead" | "grid_worker" | "hotline_operator" | "resident" | "sampler" | "sector_officer" | "security_admin" | "subdistrict_officer" | "system_admin" | "tracer" | "volunteer";
        ServerKey: {
            public_key: string;
            key_id: string;
        };
        Session: {
            signed_in: boolean;
            csrf: string;
        };
        Severity: "error" | "warning";
        SharesHeld: {
            confirmed: number;
            needed: number;
        };
        Sheets: {
            made_at: string | null;
            needed: number;
            confirmed: components["schemas"]["AccessSheet"][];
        };
        SignIn: {
            account: string;
            password: string;
        };
        Split: {
            parts: components["schemas"]["AskedPart"][];
            reason: string;
        };
        Status: "present" | "struck";
        Step: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        Target: "address" | "born_on" | "building" | "community" | "document_kind" | "entrance" | "grid" | "id_number" | "name" | "phone" | "relation" | "residence_kind" | "room" | "sex";
        TargetDefinition: {
            areas: string[];
            households: components["schemas"]["Targeted"];
            years: number | null;
            dwelling: components["schemas"]["DwellingKind"] | null;
        };
        Targeted: "all" | "with_age_from" | "with_age_until";
        TaskDocument: {
            campaign: string;
            target: string;
            occasion: string;
            state: components["schemas"]["TaskState"];
            outcome: components["schemas"]["Outcome"] | null;
            at: string | null;
            position: number;
            appointment: string | null;
        };
        TaskSeen: {
            campaign: string;
            target: string;
            state: components["schemas"]["TaskState"];
            position: number;
            as_of: number;
        };
        TaskState: "attempted" | "done" | "struck" | "untouched";
        ToPrint: {
            grid: string;
            reason: string;
        };
        Totals: {
            listed: number;
            found: number;
            struck: number;
            done: number;
            attempted: number;
            people: number;
            people_due: number;
            disputed: number;
            due: number;
            untouched: number;
            remaining: number;
        };
        TreeLoaded: {
            added: number;
            changed: number;
            unchanged: number;
            position: number | null;
        };
        Undoing: {
            reason: string;
        };
        Unit: "households" | "people" | "person_times" | "records";
        Upload: {
            area: string;
            code: string;
            title_zh: string;
            title_en: string;
        };
        Uploaded: {
            id: string;
            job: string | null;
        };
        Who: {
            id: string;
            name: string;
        };
    };
}
