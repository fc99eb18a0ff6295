// Generated from the OpenAPI document of the server by api/generate.mjs. Not to be edited by hand.
export interface components {
    schemas: {
        About: "areas" | "organisations" | "people" | "places";
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
        AgreeToOpening: {
            seen: string;
        };
        Alarm: {
            code: string;
            message: string;
            details: {
                [key: string]: number | string;
            };
        };
        Answering: {
            what: string;
            name: string;
            of: string;
            since: string;
            about: string;
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
        AppealDecision: {
            stands: boolean;
            reason: string;
        };
        Appointed: {
            holding: string;
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
        AreaBoard: {
            area: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            within: string;
            counts: {
                [key: string]: number;
            };
            indices: components["schemas"]["IndexValue"][];
            left: components["schemas"]["Left"] | null;
        };
        AreaBurden: {
            area: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            households: number;
            median: number;
            p90: number;
            most_campaigns: number;
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
            around: components["schemas"]["DrawnArea"][];
        };
        AreaNamed: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        AreaNode: {
            id: string;
            parent: string | null;
            kind: string;
            name: string;
            walk: number | null;
        };
        AreaProfile: {
            area: components["schemas"]["AreaRow"];
            lineage: components["schemas"]["Step"][];
            children: components["schemas"]["AreaRow"][];
            responsible: components["schemas"]["Answers"] | null;
            history: components["schemas"]["Answers"][];
            vacant: boolean;
            looks: components["schemas"]["FormerLook"][];
            before: components["schemas"]["DatedStep"][];
            after: components["schemas"]["DatedStep"][];
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
            ends_on: string | null;
        };
        AreaSuggestion: {
            cell: string;
            words: string;
            area: string | null;
            area_name: string;
            sure: boolean;
        };
        AskToken: {
            device_name: string;
            account: string | null;
            password: string | null;
            enrolment_code: string | null;
        };
        AskedBy: {
            id: string;
            name: string;
            households: number;
            minutes: number;
            measured: number;
        };
        AskedOutlook: {
            parts: components["schemas"]["GridPart"][];
            under: string | null;
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
            section: string | null;
            relevant: unknown[] | null;
            required: unknown[] | null;
            constraint: unknown[] | null;
            constraint_message: components["schemas"]["PostureWords"] | null;
            calculation: unknown[] | null;
            hint: components["schemas"]["PostureWords"] | null;
        };
        AskedSection: {
            code: string;
            label: components["schemas"]["PostureWords"];
            within: string | null;
            repeats: boolean;
            relevant: unknown[] | null;
        };
        AssignNeed: {
            owner: string;
            due_on: string;
        };
        AttemptPolicy: {
            hours_between: number;
            off_peak_from: string | null;
            notice_at: number;
            quiet_from: string;
            quiet_until: string;
        };
        AttestedWhat: "residence" | "test" | "vaccination";
        Audience: "desk" | "shared";
        Band: {
            from: number;
            level: components["schemas"]["Level"];
            zh: string;
            en: string;
        };
        Bars: {
            title: string;
            names: string[];
            values: number[];
        };
        Begun: {
            id: string;
            job: string;
        };
        Between: {
            at_least: number | null;
            above: number | null;
            at_most: number | null;
            below: number | null;
        };
        Board: {
            as_of: string;
            position: number;
            incident: string;
            title: components["schemas"]["PostureWords"];
            drill: boolean;
            since: string;
            campaign: string | null;
            path: string[];
            measures: components["schemas"]["MeasureSaid"][];
            indices: components["schemas"]["IndexSaid"][];
            roll: components["schemas"]["RollSaid"] | null;
            total: components["schemas"]["AreaBoard"];
            grids: components["schemas"]["AreaBoard"][];
        };
        Boundaries: "kept" | "today";
        BurdenReport: {
            monday: string;
            until: string;
            total: components["schemas"]["AreaBurden"];
            campaigns: components["schemas"]["AskedBy"][];
            rows: components["schemas"]["AreaBurden"][];
        };
        By: {
            name: string;
            at: string;
        };
        Call: {
            step: components["schemas"]["CallStep"];
            not_before: string | null;
            attempt: number;
            leave_notice: boolean;
        };
        CallStep: "closed" | "now" | "promised" | "quiet" | "wait";
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
            attempts: components["schemas"]["AttemptPolicy"];
            recurs: components["schemas"]["Recurrence"] | null;
            meant: components["schemas"]["MeantPeople"] | null;
            rechecks: boolean;
            of: components["schemas"]["TargetKind"];
        };
        CampaignName: {
            id: string;
            name: string;
            drill: boolean;
            occasion: string;
            recurs: components["schemas"]["Recurrence"] | null;
            of: components["schemas"]["TargetKind"];
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
            pace: components["schemas"]["Pace"] | null;
            attempts: components["schemas"]["AttemptPolicy"];
            attempts_since: string | null;
            recurs: components["schemas"]["Recurrence"] | null;
            next_begins_on: string | null;
            of: components["schemas"]["TargetKind"];
            places: components["schemas"]["PlaceKind"][];
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
            attempts: components["schemas"]["AttemptPolicy"] | null;
            recurs: components["schemas"]["Recurrence"] | null;
        };
        CarriedBy: "carer" | "family" | "self";
        Carrier: "family_phone" | "own_phone" | "paper";
        Catalogue: {
            legal_bases: components["schemas"]["PostureBasis"][];
            packs: components["schemas"]["PackName"][];
            longest_days: number;
        };
        Category: "contact" | "health" | "need" | "note" | "register" | "travel";
        CellMapped: {
            wanted: components["schemas"]["Wanted"];
            words: string;
            measure_name: string;
            area_name: string;
        };
        CellsWanted: {
            seen: number;
            cells: components["schemas"]["Wanted"][];
        };
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
            by_itself: boolean;
        };
        Change: "begins" | "ends" | "goes_on" | "stays";
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
        ChangedOrganisation: {
            on: string | null;
            name?: string;
            code?: string | null;
            parent?: string | null;
            area?: string;
        };
        ChangedPost: {
            on: string | null;
            reason: string | null;
            name?: string;
            area?: string;
            wanted?: number;
        };
        ChangedStewardship: {
            households: string[];
            reason: string;
        };
        CheckFound: "differs" | "nobody" | "not_visited" | "same";
        ChecksReply: {
            campaign: string;
            percent: number;
            since: string | null;
            left: number;
            findings: components["schemas"]["FindingShown"][];
            workers: components["schemas"]["WorkerChecks"][];
            may_set: boolean;
        };
        Choice: {
            value: string;
            label: components["schemas"]["PostureWords"];
        };
        CloseGate: {
            reason: string;
        };
        ClosingWaits: {
            id: string;
            reason: string;
            proposed_at: string;
            proposed_by_me: boolean;
        };
        CodeStatus: {
            colour: components["schemas"]["Colour"];
            at: string;
            orders: string[];
            evidence: string[];
            decision: components["schemas"]["PolicyDecision"] | null;
            words: components["schemas"]["PostureWords"];
        };
        Colour: "green" | "grey" | "red" | "yellow";
        ColumnAsked: {
            sheet: string;
            cell: string;
        };
        ColumnView: {
            index: number;
            title: string;
            target: components["schemas"]["Target"] | null;
            sure: number;
            why: string[];
            barred: boolean;
        };
        Completeness: {
            area: components["schemas"]["AreaNamed"];
            expected: components["schemas"]["Expectation"] | null;
            homes: number;
            peopled: number;
            empty: number;
            people: number;
            due: number;
            reached: number;
            named: number;
            unlisted: number;
        };
        CompletenessReport: {
            on: string;
            total: components["schemas"]["Completeness"];
            rows: components["schemas"]["Completeness"][];
        };
        Concern: "contradictory" | "impossible" | "missing" | "orphaned" | "stale";
        Confirmed: {
            layout: components["schemas"]["Layout"];
            sender: string;
        };
        ContactRow: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            path_name: string;
            contact: components["schemas"]["LinkRow"] | null;
            acting: components["schemas"]["LinkRow"] | null;
            coming: components["schemas"]["LinkRow"] | null;
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
        CorrectedHolding: {
            starts_on: string;
            reason: string;
            ends_on: string | null;
        };
        CorrectedLink: {
            starts_on: string;
            reason: string;
            ends_on: string | null;
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
            pace: components["schemas"]["Pace"] | null;
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
            pace: components["schemas"]["Pace"] | null;
        };
        CredentialGiven: {
            id: string;
            text: string;
            until: string;
        };
        CredentialReason: {
            reason: string;
        };
        CredentialRow: {
            id: string;
            place: string;
            carrier: components["schemas"]["Carrier"];
            carried_by: components["schemas"]["CarriedBy"];
            issued_at: string | null;
            until: string;
            revoked_at: string | null;
            state: components["schemas"]["CredentialState"];
        };
        CredentialState: "ended" | "good" | "revoked";
        Crew: "duty" | "response";
        CutOff: "day_recorded";
        DatedStep: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
            since: string;
        };
        Datum: "gcj02" | "wgs84";
        Deciding: {
            take: boolean;
            expected: number;
            field: components["schemas"]["Field"] | null;
            only: string[];
            reason: string;
        };
        DeclineWarrant: {
            reason: string;
        };
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
        Difference: {
            step: components["schemas"]["Step"];
            drill: boolean;
            ends_at: string;
            lines: components["schemas"]["DifferenceLine"][];
            mark: string;
        };
        DifferenceLine: {
            part: components["schemas"]["Part"];
            code: string;
            change: components["schemas"]["Change"];
            title: components["schemas"]["PostureWords"] | null;
            about: string[];
            questions: number;
            days: number | null;
            until: string | null;
            recurs: string | null;
            drill: boolean;
        };
        DifferenceMoved: {
            came: components["schemas"]["DifferenceLine"][];
            went: components["schemas"]["DifferenceLine"][];
        };
        DifferenceShown: {
            now: components["schemas"]["Difference"];
            moved: components["schemas"]["DifferenceMoved"] | null;
        };
        Direction: "in" | "out";
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
        DivisionsTaken: {
            added: number;
            known: number;
            alike: string[];
            kinds: {
                [key: string]: number;
            };
        };
        Document: {
            title: string;
            lines: string[];
            parts: components["schemas"]["ReportsPart"][];
            sections: components["schemas"]["ReportsSection"][];
            feet: string[];
            language: components["schemas"]["Language"];
            drill: boolean;
            labels: {
                [key: string]: string;
            };
        };
        DocumentKind: "foreigner_permit" | "hk_macau_permit" | "identity_card" | "none" | "other" | "passport" | "residence_permit" | "taiwan_permit";
        DoorGroup: {
            name: string;
            area: string | null;
            line: string;
            depth: number;
            dwellings: number;
            households: number;
            people: number;
        };
        DoorProfile: {
            door: components["schemas"]["ContactRow"];
            history: components["schemas"]["LinkRow"][];
        };
        Drawing: {
            document: Record<string, never>;
            datum: components["schemas"]["Datum"];
            on: string | null;
        };
        DrawingLook: {
            areas: components["schemas"]["ShapeLook"][];
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
        DrawnCell: {
            row: number;
            column: number;
            text: string;
            words: string;
            why: string;
            wide: number;
            high: number;
        };
        DrawnSheet: {
            no: number;
            name: string;
            rows: number;
            columns: number;
            widths: number[];
            is_protected: boolean;
            cells: components["schemas"]["DrawnCell"][];
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
        Duty: {
            id: string;
            what: string;
            place: string;
            name: string;
            starts_on: string;
            ends_on: string | null;
            area: string;
            can_fill: string[];
            in_hand: components["schemas"]["InHand"] | null;
        };
        DutyRoster: {
            area: string;
            from_day: string;
            days: number;
            on_call: components["schemas"]["ShiftRow"][];
            mine: components["schemas"]["ShiftRow"][];
            stations: components["schemas"]["StationDays"][];
            as_of: string;
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
            source: string;
        };
        Edition: {
            code: string;
            name: string;
            number: number;
            title: components["schemas"]["PostureWords"];
            issuer: string;
            basis: string;
            document: components["schemas"]["PostureWords"];
            issued_for: components["schemas"]["PostureWords"];
            source: components["schemas"]["PostureWords"];
            valid_from: string;
            inputs: (components["schemas"]["OneOf"] | components["schemas"]["HoursSince"] | components["schemas"]["NumberOf"])[];
            rows: components["schemas"]["PolicyLine"][];
            valid_until: string | null;
        };
        Editions: {
            editions: components["schemas"]["Edition"][];
        };
        Ended: {
            on: string | null;
            reason: string | null;
        };
        EndedArea: {
            on: string;
            into: string[];
            reason: string | null;
        };
        EndedLink: {
            on: string | null;
            reason: string | null;
        };
        EndedPlace: {
            reason: string;
        };
        EndedStewardship: {
            on: string | null;
            reason: string;
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
        Entered: {
            line: components["schemas"]["Line"];
            already: boolean;
            same: boolean;
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
        Every: "daily" | "weekly";
        EvidenceGiven: {
            what: components["schemas"]["AttestedWhat"];
            at: string;
            until: string;
        };
        Expectation: {
            homes: number;
            source: string;
            counted_on: string;
        };
        ExportAskedFor: {
            id: string;
        };
        ExportState: "agreed" | "declined" | "over" | "waiting";
        ExportView: {
            id: string;
            what: string;
            area: string;
            rows: number;
            reason: string;
            by: string;
            at: string;
            state: components["schemas"]["ExportState"];
            decided_by: string;
            said: string;
            mine: boolean;
            until: string | null;
        };
        ExportWritten: {
            id: string;
        };
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
            findings: components["schemas"]["FindingDocument"][];
            forgotten: string[];
            givings: components["schemas"]["GivingDocument"][];
            gates: components["schemas"]["GateSlice"] | null;
            places: components["schemas"]["PlaceDocument"][] | null;
        };
        Field: "born_on" | "document_kind" | "id_number" | "name" | "phone" | "relation" | "residence_kind" | "sex" | "status";
        FieldScope: {
            grids: components["schemas"]["GridScope"][];
            areas: components["schemas"]["AreaNode"][];
        };
        Figures: {
            stale_months: number;
            oldest_years: number;
            issuer: string;
            from_on: string;
        };
        FiguresAgreed: {
            area: string;
            from_on: string;
            stale_months: number;
            oldest_years: number;
            issuer: string;
        };
        File: {
            format: components["schemas"]["Format"];
            sha256: string;
            size: number;
        };
        FillingRow: {
            id: string;
            form: string;
            title: string;
            day: string;
            cut_off: string;
            position: number;
            cells: number;
            figures: string;
            sha256: string;
            issued_by: string;
            issued_at: string;
        };
        FindingCounts: {
            area: string;
            name: string;
            made: number;
            fixed: number;
            open: number;
            overdue: number;
            oldest_days: number | null;
        };
        FindingDocument: {
            campaign: string;
            household: string;
            question: string;
            label: components["schemas"]["PostureWords"];
            found_on: string;
            due_on: string;
            of: components["schemas"]["TargetKind"];
        };
        FindingDone: {
            recheck: string;
            how: components["schemas"]["HowKept"];
        };
        FindingRow: {
            campaign: string;
            campaign_name: string;
            target: string;
            of: components["schemas"]["TargetKind"];
            door: string;
            grid: string;
            grid_name: string;
            question: string;
            label: components["schemas"]["PostureWords"];
            found_on: string;
            due_on: string;
            looked: number;
            age_days: number;
            overdue: boolean;
            fixed_on: string | null;
        };
        FindingRule: {
            answers: string[];
            days: number;
        };
        FindingShown: {
            id: string;
            household: string;
            grid: components["schemas"]["Named"];
            visit: string;
            found: components["schemas"]["CheckFound"];
            questions: components["schemas"]["PostureWords"][];
            first_by: string;
            first_at: string;
            second_by: string;
            second_at: string;
            how: components["schemas"]["HowKept"] | null;
            settled_at: string | null;
            reason: string | null;
        };
        FindingView: {
            row: number;
            column: string;
            severity: components["schemas"]["Severity"];
            code: string;
            message: string;
        };
        FindingsCounted: {
            as_of: string;
            rows: components["schemas"]["FindingCounts"][];
            measures: components["schemas"]["Measure"][];
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
        Flaw: "birthday_differs" | "birthday_missing" | "born_in_future" | "grid_ended" | "id_twice" | "id_wrong" | "name_missing" | "no_dwelling" | "nobody_known" | "not_confirmed" | "phone_missing" | "said_empty" | "sex_differs" | "struck_with_people" | "too_old";
        FlawCounts: {
            area: components["schemas"]["AreaNamed"];
            homes: number;
            people: number;
            flaws: {
                [key: string]: number;
            };
        };
        FlawListed: {
            id: string;
            flaw: components["schemas"]["Flaw"];
            concern: components["schemas"]["Concern"];
            household: string;
            resident: string | null;
            grid: string;
            place: string;
            door: string;
            name: string;
            confirmed_on: string | null;
            says: string;
            todo: string;
        };
        FlawSummaryAnswer: {
            area: components["schemas"]["AreaNamed"];
            on: string;
            figures: components["schemas"]["Figures"];
            total: {
                [key: string]: number;
            };
            rows: components["schemas"]["FlawCounts"][];
            words: components["schemas"]["FlawWords"][];
        };
        FlawWords: {
            flaw: components["schemas"]["Flaw"];
            concern: components["schemas"]["Concern"];
            says: string;
            todo: string;
            of_people: boolean;
        };
        FlawsForAFile: {
            reason: string;
            area: string | null;
            flaw: components["schemas"]["Flaw"] | null;
            concern: components["schemas"]["Concern"] | null;
        };
        Forecast: "complete" | "in_time" | "late" | "not_begun" | "nothing_due" | "over" | "stands_still" | "too_little";
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
            sections: components["schemas"]["FormsSection"][];
        };
        FormBurden: {
            form: string;
            version: number;
            visits: number;
            minutes: number | null;
        };
        FormDocument: {
            id: string;
            version: number;
            title: components["schemas"]["PostureWords"];
            questions: components["schemas"]["AskedQuestion"][];
            shown: string[];
            sections: components["schemas"]["AskedSection"][];
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
            document: components["schemas"]["FormDocument"];
            remarks: components["schemas"]["Remark"][];
        };
        Format: "docx" | "pdf" | "xlsx";
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
        FormsSection: {
            code: string;
            label: components["schemas"]["PostureWords"];
            within: string | null;
            repeats: boolean;
            relevant: string;
        };
        Gap: {
            from_on: string;
            until_on: string | null;
            seats: number;
        };
        GapCounts: {
            community: string | null;
            name: string;
            estates: number;
            lacking: number;
            gaps: {
                [key: string]: number;
            };
        };
        GapRow: {
            id: string;
            name: string;
            path_name: string;
            community: string;
            estate_kind: components["schemas"]["EstateKind"] | null;
            gates: number | null;
            no_property_company: boolean;
            gaps: components["schemas"]["EstateGap"][];
        };
        Gate: {
            id: string;
            area: string;
            incident: string;
            kind: components["schemas"]["GateKind"];
            name: string;
            lanes: number;
            directions: components["schemas"]["Direction"][];
            closed_at: string | null;
        };
        GateDay: {
            gate: components["schemas"]["Gate"];
            hours: components["schemas"]["HourRow"][];
            total: {
                [key: string]: number;
            };
            at_two_gates: number;
            as_of: string;
        };
        GateDocument: {
            id: string;
            name: string;
            kind: components["schemas"]["GateKind"];
            lanes: number;
            directions: components["schemas"]["Direction"][];
            place: string;
            lineage: string[];
            code: string;
            ends_at: string;
            drill: boolean;
            incident: string;
            supervisors: components["schemas"]["Supervisor"][];
        };
        GateKind: "compound" | "event" | "expressway" | "factory" | "market" | "village";
        GateRow: {
            gate: components["schemas"]["Gate"];
            area_name: string;
            incident_name: string;
            ends_at: string;
            drill: boolean;
            asks: boolean;
            table: components["schemas"]["PostureWords"] | null;
            version: number | null;
            passages_today: number;
        };
        GateSlice: {
            gates: components["schemas"]["GateDocument"][];
            policies: components["schemas"]["InForce"][];
            verify_by: components["schemas"]["GateTrust"];
            token_keys: components["schemas"]["TokenKey"][];
        };
        GateTrust: {
            keys: components["schemas"]["IssuerKey"][];
            revoked: components["schemas"]["Revocations"];
        };
        Gates: {
            rows: components["schemas"]["GateRow"][];
            can_open: boolean;
            as_of: string;
        };
        GiveDoors: {
            grid: string;
            reason: string;
            to: string[];
            areas: string[];
            households: string[];
            team: string | null;
            since: string | null;
            lend: boolean;
        };
        GivingDocument: {
            id: string;
            campaign: string;
            grid: string;
            areas: string[];
            households: string[];
            since: string;
            position: number;
            mine: boolean;
            hands: string[];
            team: string | null;
            reason: string | null;
        };
        GivingShown: {
            id: string;
            hands: components["schemas"]["Named"][];
            team: string | null;
            areas: components["schemas"]["Named"][];
            households: number;
            since: string;
            reason: string;
            given_at: string;
            given_by: string | null;
            in_force: boolean;
            open: number;
        };
        GivingsReply: {
            grid: components["schemas"]["Named"];
            everybodys: number;
            rows: components["schemas"]["GivingShown"][];
            workers: components["schemas"]["Named"][];
            others: components["schemas"]["Named"][];
            parts: components["schemas"]["PartOfGrid"][];
            may_give: boolean;
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
        GridPart: {
            grid: string | null;
            name: string;
            code: string | null;
            areas: string[];
            doors: string[];
            rest: boolean;
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
        HandOver: {
            successors: components["schemas"]["Successor"][];
            on: string | null;
            reason: string | null;
            note: string | null;
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
        Holder: {
            id: string;
            account: components["schemas"]["IdAndName"];
            standing: components["schemas"]["Standing"];
            starts_on: string;
            ends_on: string | null;
            acting_for: string | null;
        };
        HomeBurden: {
            household: string;
            grid: string;
            place: string;
            door: string;
            head: string;
            minutes: number;
            campaigns: string[];
            estimated: boolean;
        };
        HomesCounted: {
            area: string;
            homes: number;
            source: string;
            counted_on: string;
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
        HourRow: {
            hour: number;
            counts: {
                [key: string]: number;
            };
        };
        HoursSince: {
            kind: "hours_since";
            name: string;
            title: components["schemas"]["PostureWords"];
        };
        HouseholdBurden: {
            monday: string;
            minutes: number;
            campaigns: string[];
            estimated: boolean;
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
        HowKept: "corrected" | "kept";
        HowSettled: "done" | "not_needed" | "passed_on";
        IdAndName: {
            id: string;
            name: string;
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
            about: components["schemas"]["About"];
            added: number;
            kept: number;
            pairs: number | null;
            needs_another: boolean;
            sender: string;
            by: string;
            mine: boolean;
            edited: number;
            offered: number;
            offers: number;
            asked_before: number;
        };
        ImportState: "choosing" | "dropped" | "failed" | "published" | "publishing" | "reading" | "ready" | "undoing" | "undone";
        InForce: {
            id: string;
            version: number;
            area: string;
            issuer: string;
            basis: string;
            starts_at: string;
            ends_at: string | null;
            edition: components["schemas"]["Edition"];
        };
        InHand: {
            grid: string;
            doors: number;
            appointments: number;
            needs: number;
        };
        IncidentRow: {
            id: string;
            name: string;
            area: components["schemas"]["PostureAreaName"];
            basis: components["schemas"]["PostureBasis"] | null;
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
            closing: components["schemas"]["ClosingWaits"] | null;
            longest_days: number;
        };
        IncidentState: "closed" | "ended" | "forgotten" | "open" | "planned";
        IndexSaid: {
            name: string;
            title: components["schemas"]["PostureWords"];
            definition: components["schemas"]["PostureWords"];
            numerator: string;
            denominator: string;
            per: number;
            fewest: number;
            bands: components["schemas"]["Band"][];
            issuer: string | null;
            version: number | null;
            since: string | null;
            source: components["schemas"]["PostureWords"] | null;
            source_on: string | null;
        };
        IndexValue: {
            name: string;
            over: number;
            under: number;
            value: string | null;
            level: components["schemas"]["Level"] | null;
            word: components["schemas"]["PostureWords"] | null;
        };
        IssueVenueCode: {
            place: string;
            contact: string;
        };
        IssuerKey: {
            id: string;
            x: string;
            y: string;
            signs_from: string;
            signs_until: string;
            withdrawn: boolean;
        };
        Issuing: {
            seen: number;
            day: string | null;
        };
        JobState: {
            id: string;
            state: string;
            done: number;
            total: number | null;
            words: components["schemas"]["PlumbingWords"] | null;
            problem: components["schemas"]["ProblemReply"] | null;
            result: unknown;
        };
        KeyRow: {
            id: string;
            signs_from: string;
            signs_until: string;
            believed_until: string;
            withdrawn_at: string | null;
            state: components["schemas"]["KeyState"];
        };
        KeyState: "believed" | "coming" | "past" | "signing" | "withdrawn";
        Language: "en" | "zh-Hans";
        Layout: {
            header: number;
            header_rows: number;
            columns: components["schemas"]["RegistryChosen"][];
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
            targets: components["schemas"]["Target"][];
            needs: components["schemas"]["Target"][][];
        };
        Left: {
            met: number;
            unmet: number;
            people: number;
        };
        Level: "act" | "calm" | "urgent" | "watch";
        Line: {
            line: number;
            household: string;
            door: string;
            people: number;
            entered_at: string | null;
            entered_by: string | null;
            outcome: components["schemas"]["Outcome"] | null;
        };
        LineSaid: {
            outcome: components["schemas"]["Outcome"];
            on: string;
            people: number;
            answers: {
                [key: string]: boolean | number | string | (string | {
                    [key: string]: boolean | number | string | string[];
                })[];
            };
        };
        LineView: {
            row: number;
            cells: string[];
            findings: components["schemas"]["FindingView"][];
        };
        LinkKind: "contact" | "home" | "liaison" | "work";
        LinkProfile: {
            link: components["schemas"]["LinkRow"];
            history: components["schemas"]["LinkRow"][];
        };
        LinkRow: {
            id: string;
            kind: components["schemas"]["LinkKind"];
            area: components["schemas"]["Named"];
            path_name: string;
            account: components["schemas"]["Named"] | null;
            organisation: components["schemas"]["Named"] | null;
            post: components["schemas"]["Named"] | null;
            about: string;
            consented_on: string | null;
            starts_on: string;
            ends_on: string | null;
            standing: components["schemas"]["Standing"];
        };
        ListOfUnits: {
            units: components["schemas"]["ListedUnit"][];
            under: string;
            below: string;
            only_look: boolean;
        };
        ListSeen: {
            number: number;
            campaign: string;
            name: string;
            drill: boolean;
            grid: string;
            printed_at: string;
            first_day: string;
            today: string;
            form: components["schemas"]["FormDocument"];
            lines: components["schemas"]["Line"][];
            of: components["schemas"]["TargetKind"];
        };
        ListToPrint: {
            grid: string;
            reason: string;
        };
        ListedUnit: {
            code: string;
            name: string;
            parent: string;
        };
        Lives: "away" | "migrant" | "registered" | "returnee" | "separated" | "unknown" | "usual" | "visitor";
        Load: {
            grids: number;
            households: number;
            people: number;
            open_tasks: number;
        };
        LoginAsked: {
            device_name: string;
        };
        Longest: {
            measure: components["schemas"]["OrderMeasure"];
            days: number;
            from_on: string;
            source: components["schemas"]["PostureWords"];
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
        Meaning: {
            name: string;
            definition: string;
            out_of: string;
            version: string;
        };
        MeantPeople: {
            from_years: number | null;
            until_years: number | null;
            alone_from: number | null;
        };
        Measure: {
            name: string;
            unit: components["schemas"]["Unit"];
            zh: string;
            en: string;
            definition_zh: string;
            definition_en: string;
            denominator: string | null;
            plus: string[];
            minus: string[];
            cut_off: components["schemas"]["CutOff"];
        };
        MeasureChoice: {
            name: string;
            title: string;
            definition: string;
            has_share: boolean;
        };
        MeasureSaid: {
            name: string;
            unit: components["schemas"]["Unit"];
            title: components["schemas"]["PostureWords"];
            definition: components["schemas"]["PostureWords"];
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
        MovedCell: {
            sheet: string;
            cell: string;
            to_sheet: string;
            to_cell: string;
            words: string;
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
        NeedShown: {
            id: string;
            household: string;
            grid: string;
            sort: components["schemas"]["NeedSort"];
            word: components["schemas"]["NeedWord"];
            found_at: string;
            due_on: string;
            owner: string | null;
            settled_at: string | null;
            how: components["schemas"]["HowSettled"] | null;
            grid_name: string;
            answers: string | null;
            owner_name: string | null;
        };
        NeedSort: "danger" | "help" | "repair";
        NeedWord: "building" | "care" | "fire" | "gas" | "light" | "papers" | "shopping" | "water" | "wiring";
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
        NewCredential: {
            bound_to: string;
            evidence: components["schemas"]["EvidenceGiven"][];
            carried_by: components["schemas"]["CarriedBy"];
        };
        NewHolder: {
            account: string;
            starts_on: string | null;
            ends_on: string | null;
            standing: components["schemas"]["Standing"];
            acting_for: string | null;
            instead_of: string | null;
            reason: string | null;
        };
        NewIncident: {
            name: string;
            area: string;
            basis: string;
            pack: string;
            issuer: string;
            ends_at: string;
            starts_at: string | null;
            drill: boolean;
            reason: string;
        };
        NewKey: {
            at_once: boolean;
        };
        NewLayout: {
            seen: number;
            agreed: boolean;
        };
        NewLink: {
            area: string;
            starts_on: string | null;
            ends_on: string | null;
            organisation: string | null;
            post: string | null;
            account: string | null;
            instead_of: string | null;
            standing: components["schemas"]["Standing"];
            about: string;
        };
        NewLogin: {
            path: string;
            name: string;
            password: string;
        };
        NewMarker: {
            kind: components["schemas"]["MarkerKind"];
            name: string;
            east: number | null;
            north: number | null;
            datum: components["schemas"]["Datum"];
            marker: string | null;
        };
        NewOrder: {
            resident: string;
            incident: string;
            ground: components["schemas"]["OrderGround"];
            measure: components["schemas"]["OrderMeasure"];
            basis: string;
            issuer: string;
            reason: string;
            days: number;
            evidence: components["schemas"]["Shown"][];
        };
        NewOrganisation: {
            kind: components["schemas"]["OrganisationKind"];
            name: string;
            area: string;
            parent: string | null;
            code: string | null;
            on: string | null;
        };
        NewPaperCredential: {
            evidence: components["schemas"]["EvidenceGiven"][];
            carried_by: components["schemas"]["CarriedBy"];
        };
        NewPassword: {
            old_password: string;
            new_password: string;
        };
        NewPlace: {
            grid: string;
            name: string;
            kind: components["schemas"]["PlaceKind"];
            door: string;
        };
        NewPost: {
            organisation: string;
            area: string;
            name: string;
            wanted: number;
            on: string | null;
        };
        NewReportIn: {
            account: string;
            about: string;
            consented: boolean;
            community: string | null;
            organisation: string | null;
            starts_on: string | null;
            ends_on: string | null;
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
        NewShift: {
            station: string;
            account: string;
            starts_at: string;
            ends_at: string;
            crew: components["schemas"]["Crew"];
        };
        NewStation: {
            area: string;
            name: string;
        };
        NewStewardship: {
            account: string;
            grid: string;
            households: string[];
            instead_of: string | null;
            starts_on: string | null;
            ends_on: string | null;
        };
        NewUpper: {
            area: string;
            title: string;
            audience: components["schemas"]["Audience"];
        };
        NumberOf: {
            kind: "number";
            name: string;
            title: components["schemas"]["PostureWords"];
            least: number;
            unit: components["schemas"]["PostureWords"];
        };
        OccasionSeen: {
            occasion: string;
            begins_on: string;
            ends_on: string;
            running: boolean;
            totals: components["schemas"]["Totals"];
            late: number;
        };
        OccasionsReply: {
            campaign: string;
            area: string;
            rows: components["schemas"]["OccasionSeen"][];
            next_begins_on: string | null;
        };
        OfferColumn: {
            field: components["schemas"]["Field"];
            fields: number;
        };
        OfferView: {
            id: string;
            household: string;
            resident: string;
            grid: string;
            place: string;
            door: string;
            name: string;
            field: components["schemas"]["Field"];
            ours: components["schemas"]["Word"];
            theirs: components["schemas"]["Word"];
        };
        OffersDecided: {
            id: string | null;
            job: string | null;
        };
        OffersOfRoster: {
            sender: string;
            offered: number;
            fields: number;
            people: number;
            columns: components["schemas"]["OfferColumn"][];
            settled: components["schemas"]["SettledView"][];
        };
        OneOf: {
            kind: "one_of";
            name: string;
            title: components["schemas"]["PostureWords"];
            values: {
                [key: string]: components["schemas"]["PostureWords"];
            };
        };
        OpeningRow: {
            id: string;
            name: string;
            area: string;
            area_name: string;
            basis: components["schemas"]["PostureWords"] | null;
            pack: components["schemas"]["PostureWords"] | null;
            issuer: string;
            starts_at: string | null;
            ends_at: string;
            drill: boolean;
            reason: string;
            proposed_by: string;
            proposed_at: string;
            proposed_by_me: boolean;
            waits: boolean;
            incident: string | null;
        };
        OpeningShown: {
            opening: components["schemas"]["OpeningRow"];
            now: components["schemas"]["Difference"];
            moved: components["schemas"]["DifferenceMoved"];
        };
        OrderAct: "appeal_decided" | "appealed" | "declined" | "ended" | "proposed" | "signed" | "told";
        OrderAppeal: {
            words: string;
        };
        OrderCatalogue: {
            grounds: components["schemas"]["OrderGround"][];
            measures: components["schemas"]["Longest"][];
            legal_bases: components["schemas"]["PostureBasis"][];
            shortest_reason: number;
        };
        OrderDone: {
            act: components["schemas"]["OrderAct"];
            at: string;
            by: string;
            words: string;
            how: components["schemas"]["ToldHow"] | null;
            stands: boolean | null;
        };
        OrderGround: "case" | "close_contact" | "contact_of_contact" | "from_high_risk_area" | "positive_test";
        OrderMeasure: "central_quarantine" | "home_monitoring" | "home_quarantine";
        OrderPage: {
            row: components["schemas"]["OrderRow"];
            issuer: string;
            basis: components["schemas"]["PostureBasis"] | null;
            reason: string;
            evidence: components["schemas"]["Shown"][];
            to_the_person: components["schemas"]["PostureWords"][];
            acts: components["schemas"]["OrderDone"][];
            proposed_by_me: boolean;
            signed_by_me: boolean;
        };
        OrderPerson: {
            id: string;
            name: string;
            place: string;
            door: string;
        };
        OrderReason: {
            reason: string;
        };
        OrderRow: {
            id: string;
            person: components["schemas"]["OrderPerson"];
            ground: components["schemas"]["OrderGround"];
            measure: components["schemas"]["OrderMeasure"];
            days: number;
            state: components["schemas"]["OrderState"];
            drill: boolean;
            incident: string;
            proposed_at: string;
            starts_at: string | null;
            ends_at: string;
            over_at: string | null;
            lapses_at: string | null;
            told_at: string | null;
            appeal_due_at: string | null;
            can: components["schemas"]["OrderVerb"][];
        };
        OrderState: "declined" | "ended" | "lapsed" | "live" | "proposed" | "signed" | "suspended";
        OrderTold: {
            how: components["schemas"]["ToldHow"];
        };
        OrderVerb: "appeal" | "decide_appeal" | "decline" | "end" | "sign" | "tell";
        OrdersHere: {
            rows: components["schemas"]["OrderRow"][];
            total: number;
            page: number;
            page_size: number;
            states: {
                [key: string]: number;
            };
            as_of: string;
        };
        OrganisationKind: "committee" | "company" | "department" | "institution" | "owners_committee" | "party_organisation" | "property_company" | "team";
        OrganisationRow: {
            id: string;
            kind: components["schemas"]["OrganisationKind"];
            name: string;
            code: string | null;
            parent: string | null;
            path_name: string;
            area: components["schemas"]["IdAndName"] | null;
            posts: number;
            seats: number;
            vacant: number;
        };
        Outcome: "done" | "elsewhere" | "moved_away" | "nobody_home" | "refused" | "vacant";
        Outlook: {
            parts: components["schemas"]["PartOutlook"][];
            campaigns: string[];
            rosters: string[];
            unclear: string[];
            seen: string;
        };
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
            pace: components["schemas"]["Pace"] | null;
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
            pace: components["schemas"]["Pace"] | null;
        };
        Pace: {
            outlook: components["schemas"]["Forecast"];
            finish: string | null;
            per_hour: number | null;
            left: number;
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
        Page_ContactRow_: {
            rows: components["schemas"]["ContactRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_CredentialRow_: {
            rows: components["schemas"]["CredentialRow"][];
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
        Page_ExportView_: {
            rows: components["schemas"]["ExportView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_FindingRow_: {
            rows: components["schemas"]["FindingRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_FlawListed_: {
            rows: components["schemas"]["FlawListed"][];
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
        Page_GapRow_: {
            rows: components["schemas"]["GapRow"][];
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
        Page_HomeBurden_: {
            rows: components["schemas"]["HomeBurden"][];
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
        Page_LinkRow_: {
            rows: components["schemas"]["LinkRow"][];
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
        Page_NeedShown_: {
            rows: components["schemas"]["NeedShown"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_OfferView_: {
            rows: components["schemas"]["OfferView"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_PlaceRow_: {
            rows: components["schemas"]["PlaceRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_PostRow_: {
            rows: components["schemas"]["PostRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_ReportRow_: {
            rows: components["schemas"]["ReportRow"][];
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
        Page_StewardRow_: {
            rows: components["schemas"]["StewardRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Page_TableRow_: {
            rows: components["schemas"]["TableRow"][];
            total: number;
            page: number;
            page_size: number;
            as_of: string;
        };
        Part: "beside" | "campaign" | "collected" | "destroyed" | "gate" | "notice" | "policy" | "remains" | "seen";
        PartCount: {
            grid: string | null;
            name: string;
            dwellings: number;
            households: number;
            people: number;
            places: number;
        };
        PartOfGrid: {
            id: string;
            name: string;
            open: number;
        };
        PartOutlook: {
            area: string | null;
            name: string;
            grids: number;
            doors: number | null;
            households: number;
            people: number;
            open_tasks: number;
            responsible: string[];
            vacant: number;
            places: number;
        };
        Per: "household" | "person";
        PersonThere: {
            resident: string;
            name: string;
            where: string;
            phone_masked: string;
            first_at: string;
            last_at: string;
            times: number;
        };
        PlaceChoice: {
            id: string;
            name: string;
        };
        PlaceDocument: {
            id: string;
            grid: string;
            area: string;
            kind: components["schemas"]["PlaceKind"];
            name: string;
            door: string;
        };
        PlaceKind: "clinic" | "enterprise" | "gate" | "lodging" | "market" | "other" | "restaurant" | "school" | "shop" | "site" | "venue";
        PlaceLook: {
            on: string;
            why: components["schemas"]["PlaceWhy"];
            kind: components["schemas"]["PlaceKind"];
            name: string;
            door: string;
            where: string;
            by: string;
        };
        PlaceProfile: {
            id: string;
            kind: components["schemas"]["PlaceKind"];
            name: string;
            door: string;
            grid: string;
            building: string;
            where: string;
            gone: boolean;
            answering: components["schemas"]["Answering"][];
            looks: components["schemas"]["PlaceLook"][];
        };
        PlaceRow: {
            id: string;
            kind: components["schemas"]["PlaceKind"];
            name: string;
            door: string;
            grid: string;
            where: string;
        };
        PlaceWhy: "added" | "changed" | "corrected" | "ended" | "listed" | "moved" | "taken_back";
        PlumbingWords: {
            zh: string;
            en: string;
        };
        PoliciesHere: {
            rows: components["schemas"]["PolicyRow"][];
            as_of: string;
        };
        PolicyDecision: {
            policy: string | null;
            code: string;
            edition: string;
            version: number;
            at: string;
            inputs: {
                [key: string]: string | number;
            };
            row: string;
            verdict: components["schemas"]["Verdict"];
            steps: components["schemas"]["PolicyStep"][];
            open_question: boolean;
            explanation: components["schemas"]["PostureWords"];
        };
        PolicyLine: {
            name: string;
            when: {
                [key: string]: (string | components["schemas"]["Between"])[];
            };
            then: components["schemas"]["Verdict"];
            because: components["schemas"]["PostureWords"];
            steps: components["schemas"]["PolicyStep"][];
            open: components["schemas"]["PostureWords"] | null;
        };
        PolicyRow: {
            policy: components["schemas"]["InForce"];
            area_name: string;
            decides_now: boolean;
        };
        PolicyStep: {
            place: components["schemas"]["StepPlace"];
            days: number;
            test_days: number[];
        };
        PostProfile: {
            post: components["schemas"]["PostRow"];
            history: components["schemas"]["Holder"][];
        };
        PostRow: {
            id: string;
            name: string;
            organisation: components["schemas"]["IdAndName"];
            area: components["schemas"]["IdAndName"];
            path_name: string;
            wanted: number;
            since: string;
            holders: components["schemas"]["Holder"][];
            coming: components["schemas"]["Holder"][];
            gap: components["schemas"]["Gap"] | null;
        };
        PosterPaper: "a4" | "roll";
        PostureAreaName: {
            id: string;
            name: string;
        };
        PostureBasis: {
            code: string;
            title: components["schemas"]["PostureWords"];
            document: string;
            in_force_from: string;
            in_force_until: string | null;
            longest_days: number | null;
        };
        PostureClose: {
            proposal: string | null;
            reason: string | null;
            seen: string | null;
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
            lines: components["schemas"]["LineView"][];
        };
        ProblemReply: {
            code: string;
            message: string;
            details: Record<string, never>;
        };
        ProposeWarrant: {
            starts_at: string;
            ends_at: string;
            reason: string;
            place: string | null;
            resident: string | null;
        };
        Purpose: "audit" | "care" | "incident_response" | "operations" | "register_upkeep";
        PutInForce: {
            edition: string;
            area: string;
            from_day: string;
            until_day: string | null;
            issuer: string;
            basis: string;
        };
        Question: "field" | "struck_but_edited";
        QuestionType: "barcode" | "calculate" | "choice" | "choices" | "date" | "decimal" | "integer" | "note" | "text" | "yes_no";
        Receipt: {
            id: string | null;
            fate: components["schemas"]["Fate"];
            code: string | null;
            message: string | null;
        };
        Recorded: {
            id: string;
        };
        RecountReply: {
            report: string;
            position: number;
            signed: string;
            again: string;
            same: boolean;
            changed: string[];
        };
        Recurrence: {
            every: components["schemas"]["Every"];
            weekday: number | null;
        };
        Redraw: {
            parts: components["schemas"]["AskedPart"][];
            end: boolean;
            only_look: boolean;
            reason: string;
            seen: string | null;
        };
        RedrawPlan: {
            source: string;
            parts: components["schemas"]["PartCount"][];
            unclear: string[];
            done: boolean;
            seen: string;
        };
        RegistryChosen: {
            index: number;
            target: components["schemas"]["Target"];
        };
        RegistryDecision: {
            kept: string;
            reason: string;
        };
        RegistryEdited: {
            field: components["schemas"]["Field"];
            base_version: number;
            value: string | null;
            reason: string | null;
        };
        RegistryOpening: {
            reason: string;
        };
        RegistryPerson: {
            name: string;
            sex: components["schemas"]["Sex"] | null;
            born_on: string | null;
            relation: components["schemas"]["Relation"] | null;
            document_kind: components["schemas"]["DocumentKind"] | null;
            id_number: string | null;
            phone: string | null;
            residence_kind: components["schemas"]["ResidenceKind"] | null;
        };
        RegistrySheet: {
            name: string;
            hidden: boolean;
        };
        RegistryWritten: {
            id: string;
        };
        Relation: "carer" | "child" | "child_in_law" | "flatmate" | "grandchild" | "grandparent" | "head" | "other" | "parent" | "relative" | "sibling" | "spouse" | "tenant";
        RemainderCounts: {
            untouched: number;
            appointment: number;
            nobody_home: number;
            refused: number;
            elsewhere: number;
            closed: number;
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
            of: components["schemas"]["TargetKind"];
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
            call: components["schemas"]["Call"];
            name: string;
        };
        Remark: {
            row: number;
            code: string;
            details: Record<string, never>;
            message: string;
        };
        Renew: {
            proposal: string | null;
            ends_at: string | null;
            reason: string | null;
            seen: string | null;
        };
        Renewal: {
            id: string;
            ends_at: string;
            reason: string;
            proposed_at: string;
            proposed_by_me: boolean;
        };
        ReportRow: {
            id: string;
            title: string;
            area: string;
            area_name: string;
            day: string;
            cut_off: string;
            audience: components["schemas"]["Audience"];
            language: components["schemas"]["Language"];
            number: number;
            state: components["schemas"]["State"];
            drafted: components["schemas"]["By"];
            signed: components["schemas"]["By"] | null;
            issued: components["schemas"]["By"] | null;
        };
        ReportView: {
            id: string;
            title: string;
            area: string;
            area_name: string;
            day: string;
            cut_off: string;
            audience: components["schemas"]["Audience"];
            language: components["schemas"]["Language"];
            number: number;
            state: components["schemas"]["State"];
            drafted: components["schemas"]["By"];
            signed: components["schemas"]["By"] | null;
            issued: components["schemas"]["By"] | null;
            position: number;
            edits: number;
            texts: components["schemas"]["Texts"];
            reason: string;
            supersedes: string | null;
            superseded_by: string | null;
            figures: string;
            files: components["schemas"]["File"][];
            document: components["schemas"]["Document"];
        };
        Reported: {
            entry: string;
        };
        ReportedChange: {
            household: string;
            resident: string | null;
            field: components["schemas"]["Field"] | null;
            base_version: number;
            value: string | null;
            newcomer: components["schemas"]["RegistryPerson"] | null;
        };
        ReportsColumn: {
            name: string;
            is_share: boolean;
        };
        ReportsNew: {
            area: string;
            day: string | null;
            cut_off: string | null;
            audience: components["schemas"]["Audience"];
            language: components["schemas"]["Language"];
            reason: string;
        };
        ReportsPart: {
            name: string;
            title: string;
            text: string;
        };
        ReportsSection: {
            title: string;
            drill: boolean;
            sentences: string[];
            tables: components["schemas"]["ReportsTable"][];
            bars: components["schemas"]["Bars"] | null;
            meanings: components["schemas"]["Meaning"][];
        };
        ReportsSeen: {
            seen: number;
        };
        ReportsTable: {
            title: string;
            first: string;
            columns: components["schemas"]["ReportsColumn"][];
            rows: components["schemas"]["Row"][];
        };
        ReportsWritten: {
            seen: number;
            texts: components["schemas"]["Texts"];
        };
        Reset: {
            password: string;
        };
        ResidenceCounts: {
            area: components["schemas"]["AreaNamed"];
            people: number;
            kinds: {
                [key: string]: number;
            };
        };
        ResidenceKind: "away" | "migrant" | "registered" | "returnee" | "usual" | "visitor";
        ResidenceReport: {
            on: string;
            total: components["schemas"]["ResidenceCounts"];
            rows: components["schemas"]["ResidenceCounts"][];
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
        Revocations: {
            as_of: string;
            until: {
                [key: string]: string;
            };
        };
        RightPlace: {
            name: string;
            kind: components["schemas"]["PlaceKind"];
            door: string;
            reason: string;
        };
        Role: "audit_admin" | "command" | "community_officer" | "data_officer" | "grid_lead" | "grid_worker" | "hotline_operator" | "resident" | "sampler" | "sector_officer" | "security_admin" | "subdistrict_officer" | "system_admin" | "tracer" | "volunteer";
        RollCall: {
            as_of: string;
            incident: string;
            grid: string;
            name: string;
            said: components["schemas"]["RollSaid"];
            people: number;
            rows: components["schemas"]["RollRow"][];
        };
        RollRow: {
            household: string;
            resident: string | null;
            door: string;
            name: string;
            age: number | null;
            help: components["schemas"]["PostureWords"][];
            why: string;
            people: number;
        };
        RollSaid: {
            left: components["schemas"]["PostureWords"];
            nobody_left: components["schemas"]["PostureWords"];
        };
        Row: {
            area: string;
            name: string;
            cells: string[];
            values: (number | null)[];
            depth: number;
            together: boolean;
        };
        SaidToExport: {
            agree: boolean;
            reason: string;
        };
        ServerKey: {
            public_key: string;
            key_id: string;
        };
        Session: {
            signed_in: boolean;
            csrf: string;
        };
        SetAttempts: {
            policy: components["schemas"]["AttemptPolicy"];
            reason: string;
        };
        SetChecks: {
            percent: number;
            reason: string;
        };
        SetUpGate: {
            area: string;
            kind: components["schemas"]["GateKind"];
            name: string;
            lanes: number;
            directions: components["schemas"]["Direction"][];
        };
        SettleFinding: {
            how: components["schemas"]["HowKept"];
            reason: string;
            outcome: components["schemas"]["Outcome"] | null;
            people: number;
        };
        SettleNeed: {
            how: components["schemas"]["HowSettled"];
        };
        SettledView: {
            id: string;
            field: string;
            take: boolean;
            fields: number;
            people: number;
            by: string;
            at: string;
            reason: string;
            undone: boolean;
            kept: number;
        };
        Severity: "error" | "warning";
        Sex: "female" | "male";
        ShapeLook: {
            id: string;
            name: string;
            kind: components["schemas"]["AreaKind"];
            path_name: string;
            shape: [
                number,
                number
            ][][][];
            had: [
                number,
                number
            ][][][] | null;
        };
        SharesHeld: {
            confirmed: number;
            needed: number;
        };
        SheetName: {
            no: number;
            name: string;
            is_hidden: boolean;
            mapped: number;
        };
        Sheets: {
            made_at: string | null;
            needed: number;
            confirmed: components["schemas"]["AccessSheet"][];
        };
        ShiftRow: {
            id: string;
            station: string;
            station_name: string;
            account: string;
            name: string;
            crew: components["schemas"]["Crew"];
            night: boolean;
            starts_at: string;
            ends_at: string;
            state: components["schemas"]["ShiftState"];
            mine: boolean;
            may_sign_on: boolean;
            may_sign_off: boolean;
            may_drop: boolean;
        };
        ShiftState: "dropped" | "missed" | "off" | "on" | "planned";
        Shown: {
            words: string;
            reference: string;
        };
        SignIn: {
            account: string;
            password: string;
        };
        Spec: "share" | "today" | "total";
        Split: {
            parts: components["schemas"]["AskedPart"][];
            reason: string;
        };
        Standing: "acting" | "regular";
        State: "draft" | "issued" | "signed" | "superseded";
        StationDays: {
            station: components["schemas"]["StationRow"];
            shifts: components["schemas"]["ShiftRow"][];
            gaps: components["schemas"]["Unmanned"][];
        };
        StationRow: {
            id: string;
            name: string;
            place: string;
            may_plan: boolean;
        };
        Status: "present" | "struck";
        StatusAsked: {
            reason: string;
        };
        Step: {
            id: string;
            kind: components["schemas"]["AreaKind"];
            name: string;
        };
        StepPlace: "central_quarantine" | "high_risk_area" | "home_monitoring" | "home_quarantine" | "medium_risk_area";
        StewardProfile: {
            steward: components["schemas"]["StewardRow"];
            doors: components["schemas"]["StewardedDoor"][];
            elsewhere: number;
        };
        StewardRow: {
            id: string;
            account: components["schemas"]["Named"];
            grid: components["schemas"]["Named"];
            households: number;
            starts_on: string;
            ends_on: string | null;
            path_name: string;
        };
        StewardedDoor: {
            household: string;
            door: string;
        };
        SubjectChoice: {
            about: components["schemas"]["SubjectKey"];
            title: string;
            measures: components["schemas"]["MeasureChoice"][];
        };
        SubjectKey: {
            source: string;
            id: string;
        };
        Successor: {
            duty: string;
            to: string | null;
        };
        Supervisor: {
            id: string;
            name: string;
        };
        TableRecount: {
            filling: string;
            position: number;
            issued: string;
            again: string;
            same: boolean;
        };
        TableRow: {
            id: string;
            title: string;
            area: string;
            area_name: string;
            audience: components["schemas"]["Audience"];
            file_name: string;
            mapped: number;
            edits: number;
            changed_by: string;
            changed_at: string;
            issued_day: string | null;
            issued_at: string | null;
        };
        TableView: {
            id: string;
            title: string;
            area: string;
            area_name: string;
            audience: components["schemas"]["Audience"];
            file_name: string;
            mapped: number;
            edits: number;
            changed_by: string;
            changed_at: string;
            issued_day: string | null;
            issued_at: string | null;
            sheets: components["schemas"]["SheetName"][];
            cells: components["schemas"]["CellMapped"][];
            subjects: components["schemas"]["SubjectChoice"][];
            places: components["schemas"]["PlaceChoice"][];
            moved: components["schemas"]["MovedCell"][];
        };
        Target: "address" | "born_on" | "building" | "called" | "code" | "community" | "document_kind" | "entrance" | "estate" | "estate_kind" | "gates" | "grid" | "id_number" | "kind" | "name" | "no_property_company" | "parent" | "phone" | "relation" | "residence_kind" | "room" | "sector" | "sex" | "walk";
        TargetDefinition: {
            areas: string[];
            households: components["schemas"]["Targeted"];
            years: number | null;
            dwelling: components["schemas"]["DwellingKind"] | null;
            alone_from: number | null;
            of: components["schemas"]["TargetKind"];
            places: components["schemas"]["PlaceKind"][];
        };
        TargetKind: "buildings" | "households" | "places";
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
            attempts: number;
            refusals: number;
        };
        TaskSeen: {
            campaign: string;
            target: string;
            state: components["schemas"]["TaskState"];
            position: number;
            as_of: number;
        };
        TaskState: "attempted" | "done" | "struck" | "untouched";
        Texts: {
            opening: string;
            problems: string;
            plan: string;
        };
        ToCheck: {
            campaign: string;
            household: string;
            visit: string;
            door: string;
            at: string;
            answers: Record<string, never>;
        };
        ToPrint: {
            grid: string;
            reason: string;
            occasion: string | null;
        };
        TokenKey: {
            incident: string;
            day: string;
            key: string;
        };
        ToldHow: "by_phone" | "in_person" | "on_paper";
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
        TryFacts: {
            facts: {
                [key: string]: string | number | null;
            };
        };
        Undoing: {
            reason: string;
        };
        Unit: "buildings" | "households" | "people" | "person_times" | "places" | "records" | "things";
        Unmanned: {
            crew: components["schemas"]["Crew"];
            starts_at: string;
            ends_at: string;
        };
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
        VacantGrid: {
            grid: components["schemas"]["Named"];
            path_name: string;
            load: components["schemas"]["Load"];
            owner_area: components["schemas"]["Named"] | null;
            owners: components["schemas"]["Named"][];
        };
        ValueView: {
            sheet: string;
            cell: string;
            shown: string;
        };
        ValuesOnDay: {
            day: string;
            values: components["schemas"]["ValueView"][];
        };
        VenueCodeRow: {
            id: string;
            place: string;
            name: string;
            where: string;
            incident_name: string;
            ends_at: string;
            drill: boolean;
            good: boolean;
            issued_at: string;
            withdrawn_at: string | null;
            visits_today: number;
        };
        VenueCodes: {
            rows: components["schemas"]["VenueCodeRow"][];
            can_issue: boolean;
            as_of: string;
        };
        VenueHour: {
            hour: string;
            visits: number;
            different: number;
        };
        VenueWarrants: {
            rows: components["schemas"]["WarrantRow"][];
            as_of: string;
        };
        VenueWindow: {
            name: string;
            hours: components["schemas"]["VenueHour"][];
            visits: number;
            as_of: string;
        };
        Verdict: "ask_a_person" | "nothing" | "pass" | "quarantine" | "quarantine_first" | "steps" | "test_first" | "turn_back";
        WaitingItem: {
            id: string;
            waits_for: components["schemas"]["WaitsFor"];
            title: string;
            n: number;
            by: string;
            at: string;
            reason: string;
        };
        WaitingList: {
            items: components["schemas"]["WaitingItem"][];
        };
        WaitsFor: "export" | "publish";
        Wanted: {
            sheet: string;
            cell: string;
            about: components["schemas"]["SubjectKey"];
            measure: string;
            area: string;
            spec: components["schemas"]["Spec"];
        };
        WarrantReading: {
            people: components["schemas"]["PersonThere"][];
            visits: number;
            elsewhere: number;
            unknown: number;
            as_of: string;
        };
        WarrantRow: {
            id: string;
            state: components["schemas"]["WarrantState"];
            about: string;
            starts_at: string;
            ends_at: string;
            reason: string;
            proposed_by: string;
            proposed_at: string;
            signed_by: string;
            signed_at: string | null;
            visits: number | null;
            readings: number;
        };
        WarrantState: "declined" | "lapsed" | "over" | "proposed" | "signed";
        Who: {
            id: string;
            name: string;
        };
        WithdrawProposed: {
            proposal: string;
        };
        WithdrawVenueCode: {
            reason: string;
        };
        Word: {
            edit: string;
            value: string | null;
            source: string;
            at: string | null;
        };
        WorkerChecks: {
            name: string;
            finished: number;
            chosen: number;
            checked: number;
            differing: number;
        };
        WorkerLoad: {
            account: components["schemas"]["Named"];
            areas: string[];
            load: components["schemas"]["Load"];
            posts: string[];
        };
        Workload: {
            area: components["schemas"]["Named"];
            workers: components["schemas"]["WorkerLoad"][];
            vacant: components["schemas"]["VacantGrid"][];
            total: components["schemas"]["Load"];
            as_of: string;
        };
    };
}
