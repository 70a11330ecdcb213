import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace tandem. */
export namespace tandem {

    /** Namespace sync. */
    namespace sync {

        /**
         * Properties of an Envelope.
         * @deprecated Use tandem.sync.Envelope.$Properties instead.
         */
        interface IEnvelope extends tandem.sync.Envelope.$Properties {
        }

        /** Represents an Envelope. */
        class Envelope {

            /**
             * Constructs a new Envelope.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Envelope.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Envelope records. */
            records?: (tandem.sync.Records.$Properties|null);

            /** Envelope heartbeat. */
            heartbeat?: (tandem.sync.Heartbeat.$Properties|null);

            /** Envelope handover. */
            handover?: (tandem.sync.Handover.$Properties|null);

            /** Envelope bracket. */
            bracket?: (tandem.sync.Bracket.$Properties|null);

            /** Envelope ack. */
            ack?: (tandem.sync.Ack.$Properties|null);

            /** Envelope rules. */
            rules?: (tandem.sync.Rules.$Properties|null);

            /** Envelope body. */
            body?: ("records"|"heartbeat"|"handover"|"bracket"|"ack"|"rules");

            /**
             * Creates a new Envelope instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Envelope instance
             */
            static create(properties: tandem.sync.Envelope.$Shape): tandem.sync.Envelope & tandem.sync.Envelope.$Shape;
            static create(properties?: tandem.sync.Envelope.$Properties): tandem.sync.Envelope;

            /**
             * Encodes the specified Envelope message. Does not implicitly {@link tandem.sync.Envelope.verify|verify} messages.
             * @param message Envelope message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Envelope.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Envelope message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Envelope & tandem.sync.Envelope.$Shape} Envelope
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Envelope & tandem.sync.Envelope.$Shape;
        }

        namespace Envelope {

            /** Properties of an Envelope. */
            interface $Properties {

                /** Envelope records */
                records?: (tandem.sync.Records.$Properties|null);

                /** Envelope heartbeat */
                heartbeat?: (tandem.sync.Heartbeat.$Properties|null);

                /** Envelope handover */
                handover?: (tandem.sync.Handover.$Properties|null);

                /** Envelope bracket */
                bracket?: (tandem.sync.Bracket.$Properties|null);

                /** Envelope ack */
                ack?: (tandem.sync.Ack.$Properties|null);

                /** Envelope rules */
                rules?: (tandem.sync.Rules.$Properties|null);

                /** Envelope body */
                body?: ("records"|"heartbeat"|"handover"|"bracket"|"ack"|"rules");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an Envelope. */
            type $Shape = {
              records?: tandem.sync.Records.$Shape|null;
              heartbeat?: tandem.sync.Heartbeat.$Shape|null;
              handover?: tandem.sync.Handover.$Shape|null;
              bracket?: tandem.sync.Bracket.$Shape|null;
              ack?: tandem.sync.Ack.$Shape|null;
              rules?: tandem.sync.Rules.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; records?: null; heartbeat?: null; handover?: null; bracket?: null; ack?: null; rules?: null }|{ body?: "records"; records: tandem.sync.Records.$Shape; heartbeat?: null; handover?: null; bracket?: null; ack?: null; rules?: null }|{ body?: "heartbeat"; records?: null; heartbeat: tandem.sync.Heartbeat.$Shape; handover?: null; bracket?: null; ack?: null; rules?: null }|{ body?: "handover"; records?: null; heartbeat?: null; handover: tandem.sync.Handover.$Shape; bracket?: null; ack?: null; rules?: null }|{ body?: "bracket"; records?: null; heartbeat?: null; handover?: null; bracket: tandem.sync.Bracket.$Shape; ack?: null; rules?: null }|{ body?: "ack"; records?: null; heartbeat?: null; handover?: null; bracket?: null; ack: tandem.sync.Ack.$Shape; rules?: null }|{ body?: "rules"; records?: null; heartbeat?: null; handover?: null; bracket?: null; ack?: null; rules: tandem.sync.Rules.$Shape })
            );
        }

        /**
         * Properties of a Records.
         * @deprecated Use tandem.sync.Records.$Properties instead.
         */
        interface IRecords extends tandem.sync.Records.$Properties {
        }

        /** Represents a Records. */
        class Records {

            /**
             * Constructs a new Records.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Records.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Records sequence. */
            sequence: (number|Long);

            /** Records op. */
            op: Uint8Array;

            /** Records protocol. */
            protocol: Uint8Array;

            /** Records state. */
            state: Uint8Array;

            /** Records flags. */
            flags: number[];

            /** Records client. */
            client: number[];

            /** Records virtual. */
            virtual: number[];

            /** Records local. */
            local: number[];

            /** Records server. */
            server: number[];

            /** Records clientPort. */
            clientPort: number[];

            /** Records virtualPort. */
            virtualPort: number[];

            /** Records localPort. */
            localPort: number[];

            /** Records serverPort. */
            serverPort: number[];

            /** Records timeout. */
            timeout: number[];

            /** Records term. */
            term: number[];

            /** Records version. */
            version: number[];

            /** Records maker. */
            maker: number[];

            /** Records bulk. */
            bulk: (number|Long);

            /** Records walked. */
            walked: boolean;

            /** Records family. */
            family: Uint8Array;

            /** Records high. */
            high: number[];

            /** Records forwarding. */
            forwarding: number[];

            /** Records fwmark. */
            fwmark: number[];

            /** Records subnet. */
            subnet: number[];

            /**
             * Creates a new Records instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Records instance
             */
            static create(properties: tandem.sync.Records.$Shape): tandem.sync.Records & tandem.sync.Records.$Shape;
            static create(properties?: tandem.sync.Records.$Properties): tandem.sync.Records;

            /**
             * Encodes the specified Records message. Does not implicitly {@link tandem.sync.Records.verify|verify} messages.
             * @param message Records message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Records.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Records message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Records & tandem.sync.Records.$Shape} Records
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Records & tandem.sync.Records.$Shape;
        }

        namespace Records {

            /** Properties of a Records. */
            interface $Properties {

                /** Records sequence */
                sequence?: (number|Long|null);

                /** Records op */
                op?: (Uint8Array|null);

                /** Records protocol */
                protocol?: (Uint8Array|null);

                /** Records state */
                state?: (Uint8Array|null);

                /** Records flags */
                flags?: (number[]|null);

                /** Records client */
                client?: (number[]|null);

                /** Records virtual */
                virtual?: (number[]|null);

                /** Records local */
                local?: (number[]|null);

                /** Records server */
                server?: (number[]|null);

                /** Records clientPort */
                clientPort?: (number[]|null);

                /** Records virtualPort */
                virtualPort?: (number[]|null);

                /** Records localPort */
                localPort?: (number[]|null);

                /** Records serverPort */
                serverPort?: (number[]|null);

                /** Records timeout */
                timeout?: (number[]|null);

                /** Records term */
                term?: (number[]|null);

                /** Records version */
                version?: (number[]|null);

                /** Records maker */
                maker?: (number[]|null);

                /** Records bulk */
                bulk?: (number|Long|null);

                /** Records walked */
                walked?: (boolean|null);

                /** Records family */
                family?: (Uint8Array|null);

                /** Records high */
                high?: (number[]|null);

                /** Records forwarding */
                forwarding?: (number[]|null);

                /** Records fwmark */
                fwmark?: (number[]|null);

                /** Records subnet */
                subnet?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Records. */
            type $Shape = tandem.sync.Records.$Properties;
        }

        /**
         * Properties of a Bracket.
         * @deprecated Use tandem.sync.Bracket.$Properties instead.
         */
        interface IBracket extends tandem.sync.Bracket.$Properties {
        }

        /** Represents a Bracket. */
        class Bracket {

            /**
             * Constructs a new Bracket.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Bracket.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Bracket sequence. */
            sequence: (number|Long);

            /** Bracket bulk. */
            bulk: (number|Long);

            /** Bracket phase. */
            phase: tandem.sync.Bracket.Phase;

            /** Bracket total. */
            total: number;

            /** Bracket complete. */
            complete: boolean;

            /**
             * Creates a new Bracket instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Bracket instance
             */
            static create(properties: tandem.sync.Bracket.$Shape): tandem.sync.Bracket & tandem.sync.Bracket.$Shape;
            static create(properties?: tandem.sync.Bracket.$Properties): tandem.sync.Bracket;

            /**
             * Encodes the specified Bracket message. Does not implicitly {@link tandem.sync.Bracket.verify|verify} messages.
             * @param message Bracket message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Bracket.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Bracket message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Bracket & tandem.sync.Bracket.$Shape} Bracket
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Bracket & tandem.sync.Bracket.$Shape;
        }

        namespace Bracket {

            /** Properties of a Bracket. */
            interface $Properties {

                /** Bracket sequence */
                sequence?: (number|Long|null);

                /** Bracket bulk */
                bulk?: (number|Long|null);

                /** Bracket phase */
                phase?: (tandem.sync.Bracket.Phase|null);

                /** Bracket total */
                total?: (number|null);

                /** Bracket complete */
                complete?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Bracket. */
            type $Shape = tandem.sync.Bracket.$Properties;

            /** Phase enum. */
            enum Phase {

                /** UNKNOWN value */
                UNKNOWN = 0,

                /** BEGIN value */
                BEGIN = 1,

                /** END value */
                END = 2,

                /** ABANDONED value */
                ABANDONED = 3
            }
        }

        /**
         * Properties of an Ack.
         * @deprecated Use tandem.sync.Ack.$Properties instead.
         */
        interface IAck extends tandem.sync.Ack.$Properties {
        }

        /** Represents an Ack. */
        class Ack {

            /**
             * Constructs a new Ack.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Ack.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Ack sender. */
            sender: number;

            /** Ack epoch. */
            epoch: (number|Long);

            /** Ack upTo. */
            upTo: (number|Long);

            /** Ack newest. */
            newest: (number|Long);

            /** Ack missing. */
            missing: number;

            /** Ack age. */
            age: number;

            /** Ack again. */
            again: (number|Long)[];

            /** Ack bulkAfter. */
            bulkAfter?: (number|Long|null);

            /**
             * Creates a new Ack instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Ack instance
             */
            static create(properties: tandem.sync.Ack.$Shape): tandem.sync.Ack & tandem.sync.Ack.$Shape;
            static create(properties?: tandem.sync.Ack.$Properties): tandem.sync.Ack;

            /**
             * Encodes the specified Ack message. Does not implicitly {@link tandem.sync.Ack.verify|verify} messages.
             * @param message Ack message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Ack.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Ack message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Ack & tandem.sync.Ack.$Shape} Ack
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Ack & tandem.sync.Ack.$Shape;
        }

        namespace Ack {

            /** Properties of an Ack. */
            interface $Properties {

                /** Ack sender */
                sender?: (number|null);

                /** Ack epoch */
                epoch?: (number|Long|null);

                /** Ack upTo */
                upTo?: (number|Long|null);

                /** Ack newest */
                newest?: (number|Long|null);

                /** Ack missing */
                missing?: (number|null);

                /** Ack age */
                age?: (number|null);

                /** Ack again */
                again?: ((number|Long)[]|null);

                /** Ack bulkAfter */
                bulkAfter?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Ack. */
            type $Shape = tandem.sync.Ack.$Properties;
        }

        /**
         * Properties of a Position.
         * @deprecated Use tandem.sync.Position.$Properties instead.
         */
        interface IPosition extends tandem.sync.Position.$Properties {
        }

        /** Represents a Position. */
        class Position {

            /**
             * Constructs a new Position.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Position.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Position epoch. */
            epoch: (number|Long);

            /** Position sequence. */
            sequence: (number|Long);

            /**
             * Creates a new Position instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Position instance
             */
            static create(properties: tandem.sync.Position.$Shape): tandem.sync.Position & tandem.sync.Position.$Shape;
            static create(properties?: tandem.sync.Position.$Properties): tandem.sync.Position;

            /**
             * Encodes the specified Position message. Does not implicitly {@link tandem.sync.Position.verify|verify} messages.
             * @param message Position message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Position.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Position message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Position & tandem.sync.Position.$Shape} Position
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Position & tandem.sync.Position.$Shape;
        }

        namespace Position {

            /** Properties of a Position. */
            interface $Properties {

                /** Position epoch */
                epoch?: (number|Long|null);

                /** Position sequence */
                sequence?: (number|Long|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Position. */
            type $Shape = tandem.sync.Position.$Properties;
        }

        /**
         * Properties of a Heartbeat.
         * @deprecated Use tandem.sync.Heartbeat.$Properties instead.
         */
        interface IHeartbeat extends tandem.sync.Heartbeat.$Properties {
        }

        /** Represents a Heartbeat. */
        class Heartbeat {

            /**
             * Constructs a new Heartbeat.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Heartbeat.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Heartbeat role. */
            role: number;

            /** Heartbeat term. */
            term: number;

            /** Heartbeat leaseRemaining. */
            leaseRemaining: number;

            /** Heartbeat newest. */
            newest: (number|Long);

            /** Heartbeat advertAge. */
            advertAge?: (number|null);

            /** Heartbeat name. */
            name: string;

            /** Heartbeat priority. */
            priority: number;

            /** Heartbeat synced. */
            synced: boolean;

            /** Heartbeat continues. */
            continues?: (tandem.sync.Position.$Properties|null);

            /** Heartbeat echoes. */
            echoes: tandem.sync.Echo.$Properties[];

            /** Heartbeat oldest. */
            oldest: (number|Long);

            /** Heartbeat shortfall. */
            shortfall: number;

            /** Heartbeat keys. */
            keys: Uint8Array;

            /** Heartbeat clock. */
            clock: (number|Long);

            /** Heartbeat router. */
            router?: (tandem.sync.Router.$Properties|null);

            /**
             * Creates a new Heartbeat instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Heartbeat instance
             */
            static create(properties: tandem.sync.Heartbeat.$Shape): tandem.sync.Heartbeat & tandem.sync.Heartbeat.$Shape;
            static create(properties?: tandem.sync.Heartbeat.$Properties): tandem.sync.Heartbeat;

            /**
             * Encodes the specified Heartbeat message. Does not implicitly {@link tandem.sync.Heartbeat.verify|verify} messages.
             * @param message Heartbeat message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Heartbeat.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Heartbeat message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Heartbeat & tandem.sync.Heartbeat.$Shape} Heartbeat
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Heartbeat & tandem.sync.Heartbeat.$Shape;
        }

        namespace Heartbeat {

            /** Properties of a Heartbeat. */
            interface $Properties {

                /** Heartbeat role */
                role?: (number|null);

                /** Heartbeat term */
                term?: (number|null);

                /** Heartbeat leaseRemaining */
                leaseRemaining?: (number|null);

                /** Heartbeat newest */
                newest?: (number|Long|null);

                /** Heartbeat advertAge */
                advertAge?: (number|null);

                /** Heartbeat name */
                name?: (string|null);

                /** Heartbeat priority */
                priority?: (number|null);

                /** Heartbeat synced */
                synced?: (boolean|null);

                /** Heartbeat continues */
                continues?: (tandem.sync.Position.$Properties|null);

                /** Heartbeat echoes */
                echoes?: (tandem.sync.Echo.$Properties[]|null);

                /** Heartbeat oldest */
                oldest?: (number|Long|null);

                /** Heartbeat shortfall */
                shortfall?: (number|null);

                /** Heartbeat keys */
                keys?: (Uint8Array|null);

                /** Heartbeat clock */
                clock?: (number|Long|null);

                /** Heartbeat router */
                router?: (tandem.sync.Router.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Heartbeat. */
            type $Shape = tandem.sync.Heartbeat.$Properties;
        }

        /**
         * Properties of a Router.
         * @deprecated Use tandem.sync.Router.$Properties instead.
         */
        interface IRouter extends tandem.sync.Router.$Properties {
        }

        /** Represents a Router. */
        class Router {

            /**
             * Constructs a new Router.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Router.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Router interval. */
            interval: number;

            /** Router unfit. */
            unfit: boolean;

            /** Router reach. */
            reach: number;

            /** Router address. */
            address: Uint8Array;

            /**
             * Creates a new Router instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Router instance
             */
            static create(properties: tandem.sync.Router.$Shape): tandem.sync.Router & tandem.sync.Router.$Shape;
            static create(properties?: tandem.sync.Router.$Properties): tandem.sync.Router;

            /**
             * Encodes the specified Router message. Does not implicitly {@link tandem.sync.Router.verify|verify} messages.
             * @param message Router message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Router.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Router message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Router & tandem.sync.Router.$Shape} Router
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Router & tandem.sync.Router.$Shape;
        }

        namespace Router {

            /** Properties of a Router. */
            interface $Properties {

                /** Router interval */
                interval?: (number|null);

                /** Router unfit */
                unfit?: (boolean|null);

                /** Router reach */
                reach?: (number|null);

                /** Router address */
                address?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Router. */
            type $Shape = tandem.sync.Router.$Properties;
        }

        /**
         * Properties of an Echo.
         * @deprecated Use tandem.sync.Echo.$Properties instead.
         */
        interface IEcho extends tandem.sync.Echo.$Properties {
        }

        /** Represents an Echo. */
        class Echo {

            /**
             * Constructs a new Echo.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Echo.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Echo sender. */
            sender: number;

            /** Echo epoch. */
            epoch: (number|Long);

            /** Echo applied. */
            applied: (number|Long);

            /** Echo appliedAge. */
            appliedAge: number;

            /** Echo earlier. */
            earlier: boolean;

            /** Echo clock. */
            clock: (number|Long);

            /** Echo clockAge. */
            clockAge: number;

            /**
             * Creates a new Echo instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Echo instance
             */
            static create(properties: tandem.sync.Echo.$Shape): tandem.sync.Echo & tandem.sync.Echo.$Shape;
            static create(properties?: tandem.sync.Echo.$Properties): tandem.sync.Echo;

            /**
             * Encodes the specified Echo message. Does not implicitly {@link tandem.sync.Echo.verify|verify} messages.
             * @param message Echo message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Echo.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Echo message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Echo & tandem.sync.Echo.$Shape} Echo
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Echo & tandem.sync.Echo.$Shape;
        }

        namespace Echo {

            /** Properties of an Echo. */
            interface $Properties {

                /** Echo sender */
                sender?: (number|null);

                /** Echo epoch */
                epoch?: (number|Long|null);

                /** Echo applied */
                applied?: (number|Long|null);

                /** Echo appliedAge */
                appliedAge?: (number|null);

                /** Echo earlier */
                earlier?: (boolean|null);

                /** Echo clock */
                clock?: (number|Long|null);

                /** Echo clockAge */
                clockAge?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Echo. */
            type $Shape = tandem.sync.Echo.$Properties;
        }

        /**
         * Properties of a Handover.
         * @deprecated Use tandem.sync.Handover.$Properties instead.
         */
        interface IHandover extends tandem.sync.Handover.$Properties {
        }

        /** Represents a Handover. */
        class Handover {

            /**
             * Constructs a new Handover.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Handover.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Handover phase. */
            phase: tandem.sync.Handover.Phase;

            /** Handover token. */
            token: number;

            /** Handover sequence. */
            sequence: (number|Long);

            /** Handover reason. */
            reason: string;

            /** Handover peer. */
            peer: number;

            /**
             * Creates a new Handover instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Handover instance
             */
            static create(properties: tandem.sync.Handover.$Shape): tandem.sync.Handover & tandem.sync.Handover.$Shape;
            static create(properties?: tandem.sync.Handover.$Properties): tandem.sync.Handover;

            /**
             * Encodes the specified Handover message. Does not implicitly {@link tandem.sync.Handover.verify|verify} messages.
             * @param message Handover message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Handover.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Handover message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Handover & tandem.sync.Handover.$Shape} Handover
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Handover & tandem.sync.Handover.$Shape;
        }

        namespace Handover {

            /** Properties of a Handover. */
            interface $Properties {

                /** Handover phase */
                phase?: (tandem.sync.Handover.Phase|null);

                /** Handover token */
                token?: (number|null);

                /** Handover sequence */
                sequence?: (number|Long|null);

                /** Handover reason */
                reason?: (string|null);

                /** Handover peer */
                peer?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Handover. */
            type $Shape = tandem.sync.Handover.$Properties;

            /** Phase enum. */
            enum Phase {

                /** UNKNOWN value */
                UNKNOWN = 0,

                /** OFFER value */
                OFFER = 1,

                /** READY value */
                READY = 2,

                /** REFUSED value */
                REFUSED = 3,

                /** RELEASE value */
                RELEASE = 4,

                /** ASK value */
                ASK = 5
            }
        }

        /**
         * Properties of a Rules.
         * @deprecated Use tandem.sync.Rules.$Properties instead.
         */
        interface IRules extends tandem.sync.Rules.$Properties {
        }

        /** Represents a Rules. */
        class Rules {

            /**
             * Constructs a new Rules.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.Rules.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Rules offer. */
            offer?: (tandem.sync.RulesOffer.$Properties|null);

            /** Rules ask. */
            ask?: (tandem.sync.RulesAsk.$Properties|null);

            /** Rules chunk. */
            chunk?: (tandem.sync.RulesChunk.$Properties|null);

            /** Rules body. */
            body?: ("offer"|"ask"|"chunk");

            /**
             * Creates a new Rules instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Rules instance
             */
            static create(properties: tandem.sync.Rules.$Shape): tandem.sync.Rules & tandem.sync.Rules.$Shape;
            static create(properties?: tandem.sync.Rules.$Properties): tandem.sync.Rules;

            /**
             * Encodes the specified Rules message. Does not implicitly {@link tandem.sync.Rules.verify|verify} messages.
             * @param message Rules message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.Rules.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Rules message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.Rules & tandem.sync.Rules.$Shape} Rules
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.Rules & tandem.sync.Rules.$Shape;
        }

        namespace Rules {

            /** Properties of a Rules. */
            interface $Properties {

                /** Rules offer */
                offer?: (tandem.sync.RulesOffer.$Properties|null);

                /** Rules ask */
                ask?: (tandem.sync.RulesAsk.$Properties|null);

                /** Rules chunk */
                chunk?: (tandem.sync.RulesChunk.$Properties|null);

                /** Rules body */
                body?: ("offer"|"ask"|"chunk");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Rules. */
            type $Shape = {
              offer?: tandem.sync.RulesOffer.$Shape|null;
              ask?: tandem.sync.RulesAsk.$Shape|null;
              chunk?: tandem.sync.RulesChunk.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ body?: undefined; offer?: null; ask?: null; chunk?: null }|{ body?: "offer"; offer: tandem.sync.RulesOffer.$Shape; ask?: null; chunk?: null }|{ body?: "ask"; offer?: null; ask: tandem.sync.RulesAsk.$Shape; chunk?: null }|{ body?: "chunk"; offer?: null; ask?: null; chunk: tandem.sync.RulesChunk.$Shape })
            );
        }

        /**
         * Properties of a RulesVersion.
         * @deprecated Use tandem.sync.RulesVersion.$Properties instead.
         */
        interface IRulesVersion extends tandem.sync.RulesVersion.$Properties {
        }

        /** Represents a RulesVersion. */
        class RulesVersion {

            /**
             * Constructs a new RulesVersion.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.RulesVersion.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RulesVersion counter. */
            counter: (number|Long);

            /** RulesVersion priority. */
            priority: number;

            /** RulesVersion maker. */
            maker: number;

            /**
             * Creates a new RulesVersion instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RulesVersion instance
             */
            static create(properties: tandem.sync.RulesVersion.$Shape): tandem.sync.RulesVersion & tandem.sync.RulesVersion.$Shape;
            static create(properties?: tandem.sync.RulesVersion.$Properties): tandem.sync.RulesVersion;

            /**
             * Encodes the specified RulesVersion message. Does not implicitly {@link tandem.sync.RulesVersion.verify|verify} messages.
             * @param message RulesVersion message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.RulesVersion.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RulesVersion message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.RulesVersion & tandem.sync.RulesVersion.$Shape} RulesVersion
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.RulesVersion & tandem.sync.RulesVersion.$Shape;
        }

        namespace RulesVersion {

            /** Properties of a RulesVersion. */
            interface $Properties {

                /** RulesVersion counter */
                counter?: (number|Long|null);

                /** RulesVersion priority */
                priority?: (number|null);

                /** RulesVersion maker */
                maker?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RulesVersion. */
            type $Shape = tandem.sync.RulesVersion.$Properties;
        }

        /**
         * Properties of a RulesOffer.
         * @deprecated Use tandem.sync.RulesOffer.$Properties instead.
         */
        interface IRulesOffer extends tandem.sync.RulesOffer.$Properties {
        }

        /** Represents a RulesOffer. */
        class RulesOffer {

            /**
             * Constructs a new RulesOffer.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.RulesOffer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RulesOffer version. */
            version?: (tandem.sync.RulesVersion.$Properties|null);

            /** RulesOffer base. */
            base?: (tandem.sync.RulesVersion.$Properties|null);

            /** RulesOffer size. */
            size: number;

            /** RulesOffer digest. */
            digest: Uint8Array;

            /** RulesOffer chunk. */
            chunk: number;

            /**
             * Creates a new RulesOffer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RulesOffer instance
             */
            static create(properties: tandem.sync.RulesOffer.$Shape): tandem.sync.RulesOffer & tandem.sync.RulesOffer.$Shape;
            static create(properties?: tandem.sync.RulesOffer.$Properties): tandem.sync.RulesOffer;

            /**
             * Encodes the specified RulesOffer message. Does not implicitly {@link tandem.sync.RulesOffer.verify|verify} messages.
             * @param message RulesOffer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.RulesOffer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RulesOffer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.RulesOffer & tandem.sync.RulesOffer.$Shape} RulesOffer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.RulesOffer & tandem.sync.RulesOffer.$Shape;
        }

        namespace RulesOffer {

            /** Properties of a RulesOffer. */
            interface $Properties {

                /** RulesOffer version */
                version?: (tandem.sync.RulesVersion.$Properties|null);

                /** RulesOffer base */
                base?: (tandem.sync.RulesVersion.$Properties|null);

                /** RulesOffer size */
                size?: (number|null);

                /** RulesOffer digest */
                digest?: (Uint8Array|null);

                /** RulesOffer chunk */
                chunk?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RulesOffer. */
            type $Shape = tandem.sync.RulesOffer.$Properties;
        }

        /**
         * Properties of a RulesAsk.
         * @deprecated Use tandem.sync.RulesAsk.$Properties instead.
         */
        interface IRulesAsk extends tandem.sync.RulesAsk.$Properties {
        }

        /** Represents a RulesAsk. */
        class RulesAsk {

            /**
             * Constructs a new RulesAsk.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.RulesAsk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RulesAsk peer. */
            peer: number;

            /** RulesAsk version. */
            version?: (tandem.sync.RulesVersion.$Properties|null);

            /** RulesAsk chunks. */
            chunks: number[];

            /**
             * Creates a new RulesAsk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RulesAsk instance
             */
            static create(properties: tandem.sync.RulesAsk.$Shape): tandem.sync.RulesAsk & tandem.sync.RulesAsk.$Shape;
            static create(properties?: tandem.sync.RulesAsk.$Properties): tandem.sync.RulesAsk;

            /**
             * Encodes the specified RulesAsk message. Does not implicitly {@link tandem.sync.RulesAsk.verify|verify} messages.
             * @param message RulesAsk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.RulesAsk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RulesAsk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.RulesAsk & tandem.sync.RulesAsk.$Shape} RulesAsk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.RulesAsk & tandem.sync.RulesAsk.$Shape;
        }

        namespace RulesAsk {

            /** Properties of a RulesAsk. */
            interface $Properties {

                /** RulesAsk peer */
                peer?: (number|null);

                /** RulesAsk version */
                version?: (tandem.sync.RulesVersion.$Properties|null);

                /** RulesAsk chunks */
                chunks?: (number[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RulesAsk. */
            type $Shape = tandem.sync.RulesAsk.$Properties;
        }

        /**
         * Properties of a RulesChunk.
         * @deprecated Use tandem.sync.RulesChunk.$Properties instead.
         */
        interface IRulesChunk extends tandem.sync.RulesChunk.$Properties {
        }

        /** Represents a RulesChunk. */
        class RulesChunk {

            /**
             * Constructs a new RulesChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.sync.RulesChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RulesChunk version. */
            version?: (tandem.sync.RulesVersion.$Properties|null);

            /** RulesChunk at. */
            at: number;

            /** RulesChunk data. */
            data: Uint8Array;

            /**
             * Creates a new RulesChunk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RulesChunk instance
             */
            static create(properties: tandem.sync.RulesChunk.$Shape): tandem.sync.RulesChunk & tandem.sync.RulesChunk.$Shape;
            static create(properties?: tandem.sync.RulesChunk.$Properties): tandem.sync.RulesChunk;

            /**
             * Encodes the specified RulesChunk message. Does not implicitly {@link tandem.sync.RulesChunk.verify|verify} messages.
             * @param message RulesChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.sync.RulesChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RulesChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.sync.RulesChunk & tandem.sync.RulesChunk.$Shape} RulesChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.sync.RulesChunk & tandem.sync.RulesChunk.$Shape;
        }

        namespace RulesChunk {

            /** Properties of a RulesChunk. */
            interface $Properties {

                /** RulesChunk version */
                version?: (tandem.sync.RulesVersion.$Properties|null);

                /** RulesChunk at */
                at?: (number|null);

                /** RulesChunk data */
                data?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RulesChunk. */
            type $Shape = tandem.sync.RulesChunk.$Properties;
        }
    }
}
