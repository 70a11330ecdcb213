import * as $protobuf from "protobufjs";
import Long = require("long");

/** Namespace tandem. */
export namespace tandem {

    /** Namespace control. */
    namespace control {

        /**
         * Properties of an Empty.
         * @deprecated Use tandem.control.Empty.$Properties instead.
         */
        interface IEmpty extends tandem.control.Empty.$Properties {
        }

        /** Represents an Empty. */
        class Empty {

            /**
             * Constructs a new Empty.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Empty.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /**
             * Creates a new Empty instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Empty instance
             */
            static create(properties: tandem.control.Empty.$Shape): tandem.control.Empty & tandem.control.Empty.$Shape;
            static create(properties?: tandem.control.Empty.$Properties): tandem.control.Empty;

            /**
             * Encodes the specified Empty message. Does not implicitly {@link tandem.control.Empty.verify|verify} messages.
             * @param message Empty message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Empty.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Empty message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Empty & tandem.control.Empty.$Shape} Empty
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Empty & tandem.control.Empty.$Shape;
        }

        namespace Empty {

            /** Properties of an Empty. */
            interface $Properties {

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Empty. */
            type $Shape = tandem.control.Empty.$Properties;
        }

        /**
         * Properties of a Request.
         * @deprecated Use tandem.control.Request.$Properties instead.
         */
        interface IRequest extends tandem.control.Request.$Properties {
        }

        /** Represents a Request. */
        class Request {

            /**
             * Constructs a new Request.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Request.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Request id. */
            id: number;

            /** Request edit. */
            edit?: (tandem.control.EditList.$Properties|null);

            /** Request list. */
            list?: (tandem.control.Empty.$Properties|null);

            /** Request zero. */
            zero?: (tandem.control.Zero.$Properties|null);

            /** Request connections. */
            connections?: (number|null);

            /** Request status. */
            status?: (tandem.control.Empty.$Properties|null);

            /** Request syncDaemons. */
            syncDaemons?: (tandem.control.Empty.$Properties|null);

            /** Request startSync. */
            startSync?: (tandem.control.SyncDaemon.$Properties|null);

            /** Request stopSync. */
            stopSync?: (tandem.control.SyncDirection.$Properties|null);

            /** Request handover. */
            handover?: (tandem.control.Empty.$Properties|null);

            /** Request more. */
            more?: (number|null);

            /** Request cancel. */
            cancel?: (tandem.control.Empty.$Properties|null);

            /** Request rates. */
            rates?: (tandem.control.Empty.$Properties|null);

            /** Request rekey. */
            rekey?: (tandem.control.Empty.$Properties|null);

            /** Request upgrade. */
            upgrade?: (tandem.control.Empty.$Properties|null);

            /** Request call. */
            call?: ("edit"|"list"|"zero"|"connections"|"status"|"syncDaemons"|"startSync"|"stopSync"|"handover"|"more"|"cancel"|"rates"|"rekey"|"upgrade");

            /**
             * Creates a new Request instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Request instance
             */
            static create(properties: tandem.control.Request.$Shape): tandem.control.Request & tandem.control.Request.$Shape;
            static create(properties?: tandem.control.Request.$Properties): tandem.control.Request;

            /**
             * Encodes the specified Request message. Does not implicitly {@link tandem.control.Request.verify|verify} messages.
             * @param message Request message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Request.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Request message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Request & tandem.control.Request.$Shape} Request
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Request & tandem.control.Request.$Shape;
        }

        namespace Request {

            /** Properties of a Request. */
            interface $Properties {

                /** Request id */
                id?: (number|null);

                /** Request edit */
                edit?: (tandem.control.EditList.$Properties|null);

                /** Request list */
                list?: (tandem.control.Empty.$Properties|null);

                /** Request zero */
                zero?: (tandem.control.Zero.$Properties|null);

                /** Request connections */
                connections?: (number|null);

                /** Request status */
                status?: (tandem.control.Empty.$Properties|null);

                /** Request syncDaemons */
                syncDaemons?: (tandem.control.Empty.$Properties|null);

                /** Request startSync */
                startSync?: (tandem.control.SyncDaemon.$Properties|null);

                /** Request stopSync */
                stopSync?: (tandem.control.SyncDirection.$Properties|null);

                /** Request handover */
                handover?: (tandem.control.Empty.$Properties|null);

                /** Request more */
                more?: (number|null);

                /** Request cancel */
                cancel?: (tandem.control.Empty.$Properties|null);

                /** Request rates */
                rates?: (tandem.control.Empty.$Properties|null);

                /** Request rekey */
                rekey?: (tandem.control.Empty.$Properties|null);

                /** Request upgrade */
                upgrade?: (tandem.control.Empty.$Properties|null);

                /** Request call */
                call?: ("edit"|"list"|"zero"|"connections"|"status"|"syncDaemons"|"startSync"|"stopSync"|"handover"|"more"|"cancel"|"rates"|"rekey"|"upgrade");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Request. */
            type $Shape = {
              id?: number|null;
              edit?: tandem.control.EditList.$Shape|null;
              list?: tandem.control.Empty.$Shape|null;
              zero?: tandem.control.Zero.$Shape|null;
              connections?: number|null;
              status?: tandem.control.Empty.$Shape|null;
              syncDaemons?: tandem.control.Empty.$Shape|null;
              startSync?: tandem.control.SyncDaemon.$Shape|null;
              stopSync?: tandem.control.SyncDirection.$Shape|null;
              handover?: tandem.control.Empty.$Shape|null;
              more?: number|null;
              cancel?: tandem.control.Empty.$Shape|null;
              rates?: tandem.control.Empty.$Shape|null;
              rekey?: tandem.control.Empty.$Shape|null;
              upgrade?: tandem.control.Empty.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ call?: undefined; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "edit"; edit: tandem.control.EditList.$Shape; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "list"; edit?: null; list: tandem.control.Empty.$Shape; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "zero"; edit?: null; list?: null; zero: tandem.control.Zero.$Shape; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "connections"; edit?: null; list?: null; zero?: null; connections: number; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "status"; edit?: null; list?: null; zero?: null; connections?: null; status: tandem.control.Empty.$Shape; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "syncDaemons"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons: tandem.control.Empty.$Shape; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "startSync"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync: tandem.control.SyncDaemon.$Shape; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "stopSync"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync: tandem.control.SyncDirection.$Shape; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "handover"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover: tandem.control.Empty.$Shape; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "more"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more: number; cancel?: null; rates?: null; rekey?: null; upgrade?: null }|{ call?: "cancel"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel: tandem.control.Empty.$Shape; rates?: null; rekey?: null; upgrade?: null }|{ call?: "rates"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates: tandem.control.Empty.$Shape; rekey?: null; upgrade?: null }|{ call?: "rekey"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey: tandem.control.Empty.$Shape; upgrade?: null }|{ call?: "upgrade"; edit?: null; list?: null; zero?: null; connections?: null; status?: null; syncDaemons?: null; startSync?: null; stopSync?: null; handover?: null; more?: null; cancel?: null; rates?: null; rekey?: null; upgrade: tandem.control.Empty.$Shape })
            );
        }

        /**
         * Properties of a Reply.
         * @deprecated Use tandem.control.Reply.$Properties instead.
         */
        interface IReply extends tandem.control.Reply.$Properties {
        }

        /** Represents a Reply. */
        class Reply {

            /**
             * Constructs a new Reply.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Reply.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Reply id. */
            id: number;

            /** Reply failure. */
            failure?: (tandem.control.Failure.$Properties|null);

            /** Reply done. */
            done?: (tandem.control.Empty.$Properties|null);

            /** Reply listing. */
            listing?: (tandem.control.Listing.$Properties|null);

            /** Reply connections. */
            connections?: (tandem.control.ConnectionChunk.$Properties|null);

            /** Reply status. */
            status?: (tandem.control.Status.$Properties|null);

            /** Reply syncDaemons. */
            syncDaemons?: (tandem.control.SyncDaemons.$Properties|null);

            /** Reply handover. */
            handover?: (tandem.control.Handover.$Properties|null);

            /** Reply edited. */
            edited?: (tandem.control.Edited.$Properties|null);

            /** Reply keys. */
            keys?: (tandem.control.SyncKeys.$Properties|null);

            /** Reply result. */
            result?: ("failure"|"done"|"listing"|"connections"|"status"|"syncDaemons"|"handover"|"edited"|"keys");

            /**
             * Creates a new Reply instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Reply instance
             */
            static create(properties: tandem.control.Reply.$Shape): tandem.control.Reply & tandem.control.Reply.$Shape;
            static create(properties?: tandem.control.Reply.$Properties): tandem.control.Reply;

            /**
             * Encodes the specified Reply message. Does not implicitly {@link tandem.control.Reply.verify|verify} messages.
             * @param message Reply message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Reply.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Reply message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Reply & tandem.control.Reply.$Shape} Reply
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Reply & tandem.control.Reply.$Shape;
        }

        namespace Reply {

            /** Properties of a Reply. */
            interface $Properties {

                /** Reply id */
                id?: (number|null);

                /** Reply failure */
                failure?: (tandem.control.Failure.$Properties|null);

                /** Reply done */
                done?: (tandem.control.Empty.$Properties|null);

                /** Reply listing */
                listing?: (tandem.control.Listing.$Properties|null);

                /** Reply connections */
                connections?: (tandem.control.ConnectionChunk.$Properties|null);

                /** Reply status */
                status?: (tandem.control.Status.$Properties|null);

                /** Reply syncDaemons */
                syncDaemons?: (tandem.control.SyncDaemons.$Properties|null);

                /** Reply handover */
                handover?: (tandem.control.Handover.$Properties|null);

                /** Reply edited */
                edited?: (tandem.control.Edited.$Properties|null);

                /** Reply keys */
                keys?: (tandem.control.SyncKeys.$Properties|null);

                /** Reply result */
                result?: ("failure"|"done"|"listing"|"connections"|"status"|"syncDaemons"|"handover"|"edited"|"keys");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a Reply. */
            type $Shape = {
              id?: number|null;
              failure?: tandem.control.Failure.$Shape|null;
              done?: tandem.control.Empty.$Shape|null;
              listing?: tandem.control.Listing.$Shape|null;
              connections?: tandem.control.ConnectionChunk.$Shape|null;
              status?: tandem.control.Status.$Shape|null;
              syncDaemons?: tandem.control.SyncDaemons.$Shape|null;
              handover?: tandem.control.Handover.$Shape|null;
              edited?: tandem.control.Edited.$Shape|null;
              keys?: tandem.control.SyncKeys.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ result?: undefined; failure?: null; done?: null; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "failure"; failure: tandem.control.Failure.$Shape; done?: null; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "done"; failure?: null; done: tandem.control.Empty.$Shape; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "listing"; failure?: null; done?: null; listing: tandem.control.Listing.$Shape; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "connections"; failure?: null; done?: null; listing?: null; connections: tandem.control.ConnectionChunk.$Shape; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "status"; failure?: null; done?: null; listing?: null; connections?: null; status: tandem.control.Status.$Shape; syncDaemons?: null; handover?: null; edited?: null; keys?: null }|{ result?: "syncDaemons"; failure?: null; done?: null; listing?: null; connections?: null; status?: null; syncDaemons: tandem.control.SyncDaemons.$Shape; handover?: null; edited?: null; keys?: null }|{ result?: "handover"; failure?: null; done?: null; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover: tandem.control.Handover.$Shape; edited?: null; keys?: null }|{ result?: "edited"; failure?: null; done?: null; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited: tandem.control.Edited.$Shape; keys?: null }|{ result?: "keys"; failure?: null; done?: null; listing?: null; connections?: null; status?: null; syncDaemons?: null; handover?: null; edited?: null; keys: tandem.control.SyncKeys.$Shape })
            );
        }

        /** FailureKind enum. */
        enum FailureKind {

            /** FAILURE_INTERNAL value */
            FAILURE_INTERNAL = 0,

            /** FAILURE_MODEL value */
            FAILURE_MODEL = 1,

            /** FAILURE_DIRECTOR value */
            FAILURE_DIRECTOR = 2
        }

        /**
         * Properties of a Failure.
         * @deprecated Use tandem.control.Failure.$Properties instead.
         */
        interface IFailure extends tandem.control.Failure.$Properties {
        }

        /** Represents a Failure. */
        class Failure {

            /**
             * Constructs a new Failure.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Failure.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Failure kind. */
            kind: tandem.control.FailureKind;

            /** Failure code. */
            code: string;

            /** Failure message. */
            message: string;

            /**
             * Creates a new Failure instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Failure instance
             */
            static create(properties: tandem.control.Failure.$Shape): tandem.control.Failure & tandem.control.Failure.$Shape;
            static create(properties?: tandem.control.Failure.$Properties): tandem.control.Failure;

            /**
             * Encodes the specified Failure message. Does not implicitly {@link tandem.control.Failure.verify|verify} messages.
             * @param message Failure message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Failure.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Failure message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Failure & tandem.control.Failure.$Shape} Failure
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Failure & tandem.control.Failure.$Shape;
        }

        namespace Failure {

            /** Properties of a Failure. */
            interface $Properties {

                /** Failure kind */
                kind?: (tandem.control.FailureKind|null);

                /** Failure code */
                code?: (string|null);

                /** Failure message */
                message?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Failure. */
            type $Shape = tandem.control.Failure.$Properties;
        }

        /**
         * Properties of an Endpoint.
         * @deprecated Use tandem.control.Endpoint.$Properties instead.
         */
        interface IEndpoint extends tandem.control.Endpoint.$Properties {
        }

        /** Represents an Endpoint. */
        class Endpoint {

            /**
             * Constructs a new Endpoint.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Endpoint.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Endpoint address. */
            address: Uint8Array;

            /** Endpoint port. */
            port: number;

            /**
             * Creates a new Endpoint instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Endpoint instance
             */
            static create(properties: tandem.control.Endpoint.$Shape): tandem.control.Endpoint & tandem.control.Endpoint.$Shape;
            static create(properties?: tandem.control.Endpoint.$Properties): tandem.control.Endpoint;

            /**
             * Encodes the specified Endpoint message. Does not implicitly {@link tandem.control.Endpoint.verify|verify} messages.
             * @param message Endpoint message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Endpoint.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Endpoint message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Endpoint & tandem.control.Endpoint.$Shape} Endpoint
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Endpoint & tandem.control.Endpoint.$Shape;
        }

        namespace Endpoint {

            /** Properties of an Endpoint. */
            interface $Properties {

                /** Endpoint address */
                address?: (Uint8Array|null);

                /** Endpoint port */
                port?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Endpoint. */
            type $Shape = tandem.control.Endpoint.$Properties;
        }

        /**
         * Properties of an AddressService.
         * @deprecated Use tandem.control.AddressService.$Properties instead.
         */
        interface IAddressService extends tandem.control.AddressService.$Properties {
        }

        /** Represents an AddressService. */
        class AddressService {

            /**
             * Constructs a new AddressService.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.AddressService.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** AddressService protocol. */
            protocol: number;

            /** AddressService endpoint. */
            endpoint?: (tandem.control.Endpoint.$Properties|null);

            /** AddressService subnetId. */
            subnetId: number;

            /**
             * Creates a new AddressService instance using the specified properties.
             * @param [properties] Properties to set
             * @returns AddressService instance
             */
            static create(properties: tandem.control.AddressService.$Shape): tandem.control.AddressService & tandem.control.AddressService.$Shape;
            static create(properties?: tandem.control.AddressService.$Properties): tandem.control.AddressService;

            /**
             * Encodes the specified AddressService message. Does not implicitly {@link tandem.control.AddressService.verify|verify} messages.
             * @param message AddressService message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.AddressService.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an AddressService message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.AddressService & tandem.control.AddressService.$Shape} AddressService
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.AddressService & tandem.control.AddressService.$Shape;
        }

        namespace AddressService {

            /** Properties of an AddressService. */
            interface $Properties {

                /** AddressService protocol */
                protocol?: (number|null);

                /** AddressService endpoint */
                endpoint?: (tandem.control.Endpoint.$Properties|null);

                /** AddressService subnetId */
                subnetId?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an AddressService. */
            type $Shape = tandem.control.AddressService.$Properties;
        }

        /**
         * Properties of a FwmarkService.
         * @deprecated Use tandem.control.FwmarkService.$Properties instead.
         */
        interface IFwmarkService extends tandem.control.FwmarkService.$Properties {
        }

        /** Represents a FwmarkService. */
        class FwmarkService {

            /**
             * Constructs a new FwmarkService.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.FwmarkService.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** FwmarkService fwmark. */
            fwmark: number;

            /** FwmarkService family. */
            family: number;

            /**
             * Creates a new FwmarkService instance using the specified properties.
             * @param [properties] Properties to set
             * @returns FwmarkService instance
             */
            static create(properties: tandem.control.FwmarkService.$Shape): tandem.control.FwmarkService & tandem.control.FwmarkService.$Shape;
            static create(properties?: tandem.control.FwmarkService.$Properties): tandem.control.FwmarkService;

            /**
             * Encodes the specified FwmarkService message. Does not implicitly {@link tandem.control.FwmarkService.verify|verify} messages.
             * @param message FwmarkService message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.FwmarkService.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a FwmarkService message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.FwmarkService & tandem.control.FwmarkService.$Shape} FwmarkService
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.FwmarkService & tandem.control.FwmarkService.$Shape;
        }

        namespace FwmarkService {

            /** Properties of a FwmarkService. */
            interface $Properties {

                /** FwmarkService fwmark */
                fwmark?: (number|null);

                /** FwmarkService family */
                family?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a FwmarkService. */
            type $Shape = tandem.control.FwmarkService.$Properties;
        }

        /**
         * Properties of a RawService.
         * @deprecated Use tandem.control.RawService.$Properties instead.
         */
        interface IRawService extends tandem.control.RawService.$Properties {
        }

        /** Represents a RawService. */
        class RawService {

            /**
             * Constructs a new RawService.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.RawService.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RawService endpoint. */
            endpoint?: (tandem.control.Endpoint.$Properties|null);

            /** RawService subnetId. */
            subnetId: number;

            /**
             * Creates a new RawService instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RawService instance
             */
            static create(properties: tandem.control.RawService.$Shape): tandem.control.RawService & tandem.control.RawService.$Shape;
            static create(properties?: tandem.control.RawService.$Properties): tandem.control.RawService;

            /**
             * Encodes the specified RawService message. Does not implicitly {@link tandem.control.RawService.verify|verify} messages.
             * @param message RawService message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.RawService.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RawService message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.RawService & tandem.control.RawService.$Shape} RawService
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.RawService & tandem.control.RawService.$Shape;
        }

        namespace RawService {

            /** Properties of a RawService. */
            interface $Properties {

                /** RawService endpoint */
                endpoint?: (tandem.control.Endpoint.$Properties|null);

                /** RawService subnetId */
                subnetId?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RawService. */
            type $Shape = tandem.control.RawService.$Properties;
        }

        /**
         * Properties of a ServiceId.
         * @deprecated Use tandem.control.ServiceId.$Properties instead.
         */
        interface IServiceId extends tandem.control.ServiceId.$Properties {
        }

        /** Represents a ServiceId. */
        class ServiceId {

            /**
             * Constructs a new ServiceId.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServiceId.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServiceId address. */
            address?: (tandem.control.AddressService.$Properties|null);

            /** ServiceId fwmark. */
            fwmark?: (tandem.control.FwmarkService.$Properties|null);

            /** ServiceId raw. */
            raw?: (tandem.control.RawService.$Properties|null);

            /** ServiceId kind. */
            kind?: ("address"|"fwmark"|"raw");

            /**
             * Creates a new ServiceId instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServiceId instance
             */
            static create(properties: tandem.control.ServiceId.$Shape): tandem.control.ServiceId & tandem.control.ServiceId.$Shape;
            static create(properties?: tandem.control.ServiceId.$Properties): tandem.control.ServiceId;

            /**
             * Encodes the specified ServiceId message. Does not implicitly {@link tandem.control.ServiceId.verify|verify} messages.
             * @param message ServiceId message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServiceId.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServiceId message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServiceId & tandem.control.ServiceId.$Shape} ServiceId
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServiceId & tandem.control.ServiceId.$Shape;
        }

        namespace ServiceId {

            /** Properties of a ServiceId. */
            interface $Properties {

                /** ServiceId address */
                address?: (tandem.control.AddressService.$Properties|null);

                /** ServiceId fwmark */
                fwmark?: (tandem.control.FwmarkService.$Properties|null);

                /** ServiceId raw */
                raw?: (tandem.control.RawService.$Properties|null);

                /** ServiceId kind */
                kind?: ("address"|"fwmark"|"raw");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of a ServiceId. */
            type $Shape = {
              address?: tandem.control.AddressService.$Shape|null;
              fwmark?: tandem.control.FwmarkService.$Shape|null;
              raw?: tandem.control.RawService.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ kind?: undefined; address?: null; fwmark?: null; raw?: null }|{ kind?: "address"; address: tandem.control.AddressService.$Shape; fwmark?: null; raw?: null }|{ kind?: "fwmark"; address?: null; fwmark: tandem.control.FwmarkService.$Shape; raw?: null }|{ kind?: "raw"; address?: null; fwmark?: null; raw: tandem.control.RawService.$Shape })
            );
        }

        /**
         * Properties of a Persistence.
         * @deprecated Use tandem.control.Persistence.$Properties instead.
         */
        interface IPersistence extends tandem.control.Persistence.$Properties {
        }

        /** Represents a Persistence. */
        class Persistence {

            /**
             * Constructs a new Persistence.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Persistence.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Persistence timeout. */
            timeout: number;

            /** Persistence prefix. */
            prefix: number;

            /** Persistence mask. */
            mask?: (Uint8Array|null);

            /**
             * Creates a new Persistence instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Persistence instance
             */
            static create(properties: tandem.control.Persistence.$Shape): tandem.control.Persistence & tandem.control.Persistence.$Shape;
            static create(properties?: tandem.control.Persistence.$Properties): tandem.control.Persistence;

            /**
             * Encodes the specified Persistence message. Does not implicitly {@link tandem.control.Persistence.verify|verify} messages.
             * @param message Persistence message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Persistence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Persistence message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Persistence & tandem.control.Persistence.$Shape} Persistence
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Persistence & tandem.control.Persistence.$Shape;
        }

        namespace Persistence {

            /** Properties of a Persistence. */
            interface $Properties {

                /** Persistence timeout */
                timeout?: (number|null);

                /** Persistence prefix */
                prefix?: (number|null);

                /** Persistence mask */
                mask?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Persistence. */
            type $Shape = tandem.control.Persistence.$Properties;
        }

        /**
         * Properties of a ServiceSettings.
         * @deprecated Use tandem.control.ServiceSettings.$Properties instead.
         */
        interface IServiceSettings extends tandem.control.ServiceSettings.$Properties {
        }

        /** Represents a ServiceSettings. */
        class ServiceSettings {

            /**
             * Constructs a new ServiceSettings.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServiceSettings.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServiceSettings scheduler. */
            scheduler: string;

            /** ServiceSettings schedulerFlags. */
            schedulerFlags: string[];

            /** ServiceSettings onePacket. */
            onePacket: boolean;

            /** ServiceSettings persistence. */
            persistence?: (tandem.control.Persistence.$Properties|null);

            /** ServiceSettings establishedTimeout. */
            establishedTimeout?: (number|null);

            /** ServiceSettings drainingTimeout. */
            drainingTimeout?: (number|null);

            /** ServiceSettings engine. */
            engine?: (string|null);

            /**
             * Creates a new ServiceSettings instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServiceSettings instance
             */
            static create(properties: tandem.control.ServiceSettings.$Shape): tandem.control.ServiceSettings & tandem.control.ServiceSettings.$Shape;
            static create(properties?: tandem.control.ServiceSettings.$Properties): tandem.control.ServiceSettings;

            /**
             * Encodes the specified ServiceSettings message. Does not implicitly {@link tandem.control.ServiceSettings.verify|verify} messages.
             * @param message ServiceSettings message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServiceSettings.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServiceSettings message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServiceSettings & tandem.control.ServiceSettings.$Shape} ServiceSettings
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServiceSettings & tandem.control.ServiceSettings.$Shape;
        }

        namespace ServiceSettings {

            /** Properties of a ServiceSettings. */
            interface $Properties {

                /** ServiceSettings scheduler */
                scheduler?: (string|null);

                /** ServiceSettings schedulerFlags */
                schedulerFlags?: (string[]|null);

                /** ServiceSettings onePacket */
                onePacket?: (boolean|null);

                /** ServiceSettings persistence */
                persistence?: (tandem.control.Persistence.$Properties|null);

                /** ServiceSettings establishedTimeout */
                establishedTimeout?: (number|null);

                /** ServiceSettings drainingTimeout */
                drainingTimeout?: (number|null);

                /** ServiceSettings engine */
                engine?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ServiceSettings. */
            type $Shape = tandem.control.ServiceSettings.$Properties;
        }

        /**
         * Properties of a Tunnel.
         * @deprecated Use tandem.control.Tunnel.$Properties instead.
         */
        interface ITunnel extends tandem.control.Tunnel.$Properties {
        }

        /** Represents a Tunnel. */
        class Tunnel {

            /**
             * Constructs a new Tunnel.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Tunnel.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Tunnel type. */
            type: string;

            /** Tunnel port. */
            port: number;

            /** Tunnel checksum. */
            checksum: string;

            /**
             * Creates a new Tunnel instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Tunnel instance
             */
            static create(properties: tandem.control.Tunnel.$Shape): tandem.control.Tunnel & tandem.control.Tunnel.$Shape;
            static create(properties?: tandem.control.Tunnel.$Properties): tandem.control.Tunnel;

            /**
             * Encodes the specified Tunnel message. Does not implicitly {@link tandem.control.Tunnel.verify|verify} messages.
             * @param message Tunnel message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Tunnel.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Tunnel message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Tunnel & tandem.control.Tunnel.$Shape} Tunnel
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Tunnel & tandem.control.Tunnel.$Shape;
        }

        namespace Tunnel {

            /** Properties of a Tunnel. */
            interface $Properties {

                /** Tunnel type */
                type?: (string|null);

                /** Tunnel port */
                port?: (number|null);

                /** Tunnel checksum */
                checksum?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Tunnel. */
            type $Shape = tandem.control.Tunnel.$Properties;
        }

        /**
         * Properties of a RealServer.
         * @deprecated Use tandem.control.RealServer.$Properties instead.
         */
        interface IRealServer extends tandem.control.RealServer.$Properties {
        }

        /** Represents a RealServer. */
        class RealServer {

            /**
             * Constructs a new RealServer.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.RealServer.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RealServer endpoint. */
            endpoint?: (tandem.control.Endpoint.$Properties|null);

            /** RealServer forwarding. */
            forwarding: string;

            /** RealServer weight. */
            weight: number;

            /** RealServer upperThreshold. */
            upperThreshold: number;

            /** RealServer lowerThreshold. */
            lowerThreshold: number;

            /** RealServer tunnel. */
            tunnel?: (tandem.control.Tunnel.$Properties|null);

            /** RealServer oif. */
            oif?: (string|null);

            /**
             * Creates a new RealServer instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RealServer instance
             */
            static create(properties: tandem.control.RealServer.$Shape): tandem.control.RealServer & tandem.control.RealServer.$Shape;
            static create(properties?: tandem.control.RealServer.$Properties): tandem.control.RealServer;

            /**
             * Encodes the specified RealServer message. Does not implicitly {@link tandem.control.RealServer.verify|verify} messages.
             * @param message RealServer message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.RealServer.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RealServer message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.RealServer & tandem.control.RealServer.$Shape} RealServer
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.RealServer & tandem.control.RealServer.$Shape;
        }

        namespace RealServer {

            /** Properties of a RealServer. */
            interface $Properties {

                /** RealServer endpoint */
                endpoint?: (tandem.control.Endpoint.$Properties|null);

                /** RealServer forwarding */
                forwarding?: (string|null);

                /** RealServer weight */
                weight?: (number|null);

                /** RealServer upperThreshold */
                upperThreshold?: (number|null);

                /** RealServer lowerThreshold */
                lowerThreshold?: (number|null);

                /** RealServer tunnel */
                tunnel?: (tandem.control.Tunnel.$Properties|null);

                /** RealServer oif */
                oif?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RealServer. */
            type $Shape = tandem.control.RealServer.$Properties;
        }

        /**
         * Properties of a LocalAddress.
         * @deprecated Use tandem.control.LocalAddress.$Properties instead.
         */
        interface ILocalAddress extends tandem.control.LocalAddress.$Properties {
        }

        /** Represents a LocalAddress. */
        class LocalAddress {

            /**
             * Constructs a new LocalAddress.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.LocalAddress.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LocalAddress address. */
            address: Uint8Array;

            /** LocalAddress oif. */
            oif?: (string|null);

            /**
             * Creates a new LocalAddress instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LocalAddress instance
             */
            static create(properties: tandem.control.LocalAddress.$Shape): tandem.control.LocalAddress & tandem.control.LocalAddress.$Shape;
            static create(properties?: tandem.control.LocalAddress.$Properties): tandem.control.LocalAddress;

            /**
             * Encodes the specified LocalAddress message. Does not implicitly {@link tandem.control.LocalAddress.verify|verify} messages.
             * @param message LocalAddress message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.LocalAddress.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LocalAddress message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.LocalAddress & tandem.control.LocalAddress.$Shape} LocalAddress
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.LocalAddress & tandem.control.LocalAddress.$Shape;
        }

        namespace LocalAddress {

            /** Properties of a LocalAddress. */
            interface $Properties {

                /** LocalAddress address */
                address?: (Uint8Array|null);

                /** LocalAddress oif */
                oif?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LocalAddress. */
            type $Shape = tandem.control.LocalAddress.$Properties;
        }

        /**
         * Properties of a Timeouts.
         * @deprecated Use tandem.control.Timeouts.$Properties instead.
         */
        interface ITimeouts extends tandem.control.Timeouts.$Properties {
        }

        /** Represents a Timeouts. */
        class Timeouts {

            /**
             * Constructs a new Timeouts.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Timeouts.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Timeouts tcp. */
            tcp: number;

            /** Timeouts tcpFin. */
            tcpFin: number;

            /** Timeouts udp. */
            udp: number;

            /**
             * Creates a new Timeouts instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Timeouts instance
             */
            static create(properties: tandem.control.Timeouts.$Shape): tandem.control.Timeouts & tandem.control.Timeouts.$Shape;
            static create(properties?: tandem.control.Timeouts.$Properties): tandem.control.Timeouts;

            /**
             * Encodes the specified Timeouts message. Does not implicitly {@link tandem.control.Timeouts.verify|verify} messages.
             * @param message Timeouts message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Timeouts.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Timeouts message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Timeouts & tandem.control.Timeouts.$Shape} Timeouts
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Timeouts & tandem.control.Timeouts.$Shape;
        }

        namespace Timeouts {

            /** Properties of a Timeouts. */
            interface $Properties {

                /** Timeouts tcp */
                tcp?: (number|null);

                /** Timeouts tcpFin */
                tcpFin?: (number|null);

                /** Timeouts udp */
                udp?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Timeouts. */
            type $Shape = tandem.control.Timeouts.$Properties;
        }

        /**
         * Properties of a VirtualService.
         * @deprecated Use tandem.control.VirtualService.$Properties instead.
         */
        interface IVirtualService extends tandem.control.VirtualService.$Properties {
        }

        /** Represents a VirtualService. */
        class VirtualService {

            /**
             * Constructs a new VirtualService.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.VirtualService.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** VirtualService id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** VirtualService settings. */
            settings?: (tandem.control.ServiceSettings.$Properties|null);

            /** VirtualService servers. */
            servers: tandem.control.RealServer.$Properties[];

            /** VirtualService locals. */
            locals: tandem.control.LocalAddress.$Properties[];

            /**
             * Creates a new VirtualService instance using the specified properties.
             * @param [properties] Properties to set
             * @returns VirtualService instance
             */
            static create(properties: tandem.control.VirtualService.$Shape): tandem.control.VirtualService & tandem.control.VirtualService.$Shape;
            static create(properties?: tandem.control.VirtualService.$Properties): tandem.control.VirtualService;

            /**
             * Encodes the specified VirtualService message. Does not implicitly {@link tandem.control.VirtualService.verify|verify} messages.
             * @param message VirtualService message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.VirtualService.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a VirtualService message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.VirtualService & tandem.control.VirtualService.$Shape} VirtualService
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.VirtualService & tandem.control.VirtualService.$Shape;
        }

        namespace VirtualService {

            /** Properties of a VirtualService. */
            interface $Properties {

                /** VirtualService id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** VirtualService settings */
                settings?: (tandem.control.ServiceSettings.$Properties|null);

                /** VirtualService servers */
                servers?: (tandem.control.RealServer.$Properties[]|null);

                /** VirtualService locals */
                locals?: (tandem.control.LocalAddress.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a VirtualService. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              settings?: tandem.control.ServiceSettings.$Shape|null;
              servers?: tandem.control.RealServer.$Shape[]|null;
              locals?: tandem.control.LocalAddress.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Prefix.
         * @deprecated Use tandem.control.Prefix.$Properties instead.
         */
        interface IPrefix extends tandem.control.Prefix.$Properties {
        }

        /** Represents a Prefix. */
        class Prefix {

            /**
             * Constructs a new Prefix.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Prefix.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Prefix address. */
            address: Uint8Array;

            /** Prefix length. */
            length: number;

            /**
             * Creates a new Prefix instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Prefix instance
             */
            static create(properties: tandem.control.Prefix.$Shape): tandem.control.Prefix & tandem.control.Prefix.$Shape;
            static create(properties?: tandem.control.Prefix.$Properties): tandem.control.Prefix;

            /**
             * Encodes the specified Prefix message. Does not implicitly {@link tandem.control.Prefix.verify|verify} messages.
             * @param message Prefix message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Prefix.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Prefix message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Prefix & tandem.control.Prefix.$Shape} Prefix
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Prefix & tandem.control.Prefix.$Shape;
        }

        namespace Prefix {

            /** Properties of a Prefix. */
            interface $Properties {

                /** Prefix address */
                address?: (Uint8Array|null);

                /** Prefix length */
                length?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Prefix. */
            type $Shape = tandem.control.Prefix.$Properties;
        }

        /**
         * Properties of a Mark.
         * @deprecated Use tandem.control.Mark.$Properties instead.
         */
        interface IMark extends tandem.control.Mark.$Properties {
        }

        /** Represents a Mark. */
        class Mark {

            /**
             * Constructs a new Mark.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Mark.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Mark fwmark. */
            fwmark: number;

            /** Mark family. */
            family: number;

            /** Mark source. */
            source?: (tandem.control.Prefix.$Properties|null);

            /** Mark destination. */
            destination?: (tandem.control.Prefix.$Properties|null);

            /** Mark protocol. */
            protocol?: (number|null);

            /** Mark firstPort. */
            firstPort: number;

            /** Mark lastPort. */
            lastPort: number;

            /** Mark interface. */
            interface?: (string|null);

            /**
             * Creates a new Mark instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Mark instance
             */
            static create(properties: tandem.control.Mark.$Shape): tandem.control.Mark & tandem.control.Mark.$Shape;
            static create(properties?: tandem.control.Mark.$Properties): tandem.control.Mark;

            /**
             * Encodes the specified Mark message. Does not implicitly {@link tandem.control.Mark.verify|verify} messages.
             * @param message Mark message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Mark.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Mark message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Mark & tandem.control.Mark.$Shape} Mark
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Mark & tandem.control.Mark.$Shape;
        }

        namespace Mark {

            /** Properties of a Mark. */
            interface $Properties {

                /** Mark fwmark */
                fwmark?: (number|null);

                /** Mark family */
                family?: (number|null);

                /** Mark source */
                source?: (tandem.control.Prefix.$Properties|null);

                /** Mark destination */
                destination?: (tandem.control.Prefix.$Properties|null);

                /** Mark protocol */
                protocol?: (number|null);

                /** Mark firstPort */
                firstPort?: (number|null);

                /** Mark lastPort */
                lastPort?: (number|null);

                /** Mark interface */
                "interface"?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Mark. */
            type $Shape = tandem.control.Mark.$Properties;
        }

        /**
         * Properties of a RuleSet.
         * @deprecated Use tandem.control.RuleSet.$Properties instead.
         */
        interface IRuleSet extends tandem.control.RuleSet.$Properties {
        }

        /** Represents a RuleSet. */
        class RuleSet {

            /**
             * Constructs a new RuleSet.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.RuleSet.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RuleSet services. */
            services: tandem.control.VirtualService.$Properties[];

            /** RuleSet timeouts. */
            timeouts?: (tandem.control.Timeouts.$Properties|null);

            /** RuleSet vlanFlag. */
            vlanFlag: boolean;

            /** RuleSet marks. */
            marks: tandem.control.Mark.$Properties[];

            /**
             * Creates a new RuleSet instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RuleSet instance
             */
            static create(properties: tandem.control.RuleSet.$Shape): tandem.control.RuleSet & tandem.control.RuleSet.$Shape;
            static create(properties?: tandem.control.RuleSet.$Properties): tandem.control.RuleSet;

            /**
             * Encodes the specified RuleSet message. Does not implicitly {@link tandem.control.RuleSet.verify|verify} messages.
             * @param message RuleSet message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.RuleSet.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RuleSet message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.RuleSet & tandem.control.RuleSet.$Shape} RuleSet
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.RuleSet & tandem.control.RuleSet.$Shape;
        }

        namespace RuleSet {

            /** Properties of a RuleSet. */
            interface $Properties {

                /** RuleSet services */
                services?: (tandem.control.VirtualService.$Properties[]|null);

                /** RuleSet timeouts */
                timeouts?: (tandem.control.Timeouts.$Properties|null);

                /** RuleSet vlanFlag */
                vlanFlag?: (boolean|null);

                /** RuleSet marks */
                marks?: (tandem.control.Mark.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RuleSet. */
            type $Shape = {
              services?: tandem.control.VirtualService.$Shape[]|null;
              timeouts?: tandem.control.Timeouts.$Shape|null;
              vlanFlag?: boolean|null;
              marks?: tandem.control.Mark.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a SettingsEdit.
         * @deprecated Use tandem.control.SettingsEdit.$Properties instead.
         */
        interface ISettingsEdit extends tandem.control.SettingsEdit.$Properties {
        }

        /** Represents a SettingsEdit. */
        class SettingsEdit {

            /**
             * Constructs a new SettingsEdit.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SettingsEdit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SettingsEdit id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** SettingsEdit settings. */
            settings?: (tandem.control.ServiceSettings.$Properties|null);

            /**
             * Creates a new SettingsEdit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SettingsEdit instance
             */
            static create(properties: tandem.control.SettingsEdit.$Shape): tandem.control.SettingsEdit & tandem.control.SettingsEdit.$Shape;
            static create(properties?: tandem.control.SettingsEdit.$Properties): tandem.control.SettingsEdit;

            /**
             * Encodes the specified SettingsEdit message. Does not implicitly {@link tandem.control.SettingsEdit.verify|verify} messages.
             * @param message SettingsEdit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SettingsEdit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SettingsEdit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SettingsEdit & tandem.control.SettingsEdit.$Shape} SettingsEdit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SettingsEdit & tandem.control.SettingsEdit.$Shape;
        }

        namespace SettingsEdit {

            /** Properties of a SettingsEdit. */
            interface $Properties {

                /** SettingsEdit id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** SettingsEdit settings */
                settings?: (tandem.control.ServiceSettings.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SettingsEdit. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              settings?: tandem.control.ServiceSettings.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a ServerEdit.
         * @deprecated Use tandem.control.ServerEdit.$Properties instead.
         */
        interface IServerEdit extends tandem.control.ServerEdit.$Properties {
        }

        /** Represents a ServerEdit. */
        class ServerEdit {

            /**
             * Constructs a new ServerEdit.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServerEdit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServerEdit id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** ServerEdit server. */
            server?: (tandem.control.RealServer.$Properties|null);

            /**
             * Creates a new ServerEdit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServerEdit instance
             */
            static create(properties: tandem.control.ServerEdit.$Shape): tandem.control.ServerEdit & tandem.control.ServerEdit.$Shape;
            static create(properties?: tandem.control.ServerEdit.$Properties): tandem.control.ServerEdit;

            /**
             * Encodes the specified ServerEdit message. Does not implicitly {@link tandem.control.ServerEdit.verify|verify} messages.
             * @param message ServerEdit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServerEdit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServerEdit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServerEdit & tandem.control.ServerEdit.$Shape} ServerEdit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServerEdit & tandem.control.ServerEdit.$Shape;
        }

        namespace ServerEdit {

            /** Properties of a ServerEdit. */
            interface $Properties {

                /** ServerEdit id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** ServerEdit server */
                server?: (tandem.control.RealServer.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ServerEdit. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              server?: tandem.control.RealServer.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a ServerDelete.
         * @deprecated Use tandem.control.ServerDelete.$Properties instead.
         */
        interface IServerDelete extends tandem.control.ServerDelete.$Properties {
        }

        /** Represents a ServerDelete. */
        class ServerDelete {

            /**
             * Constructs a new ServerDelete.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServerDelete.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServerDelete id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** ServerDelete server. */
            server?: (tandem.control.Endpoint.$Properties|null);

            /**
             * Creates a new ServerDelete instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServerDelete instance
             */
            static create(properties: tandem.control.ServerDelete.$Shape): tandem.control.ServerDelete & tandem.control.ServerDelete.$Shape;
            static create(properties?: tandem.control.ServerDelete.$Properties): tandem.control.ServerDelete;

            /**
             * Encodes the specified ServerDelete message. Does not implicitly {@link tandem.control.ServerDelete.verify|verify} messages.
             * @param message ServerDelete message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServerDelete.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServerDelete message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServerDelete & tandem.control.ServerDelete.$Shape} ServerDelete
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServerDelete & tandem.control.ServerDelete.$Shape;
        }

        namespace ServerDelete {

            /** Properties of a ServerDelete. */
            interface $Properties {

                /** ServerDelete id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** ServerDelete server */
                server?: (tandem.control.Endpoint.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ServerDelete. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              server?: tandem.control.Endpoint.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a LocalEdit.
         * @deprecated Use tandem.control.LocalEdit.$Properties instead.
         */
        interface ILocalEdit extends tandem.control.LocalEdit.$Properties {
        }

        /** Represents a LocalEdit. */
        class LocalEdit {

            /**
             * Constructs a new LocalEdit.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.LocalEdit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LocalEdit id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** LocalEdit local. */
            local?: (tandem.control.LocalAddress.$Properties|null);

            /**
             * Creates a new LocalEdit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LocalEdit instance
             */
            static create(properties: tandem.control.LocalEdit.$Shape): tandem.control.LocalEdit & tandem.control.LocalEdit.$Shape;
            static create(properties?: tandem.control.LocalEdit.$Properties): tandem.control.LocalEdit;

            /**
             * Encodes the specified LocalEdit message. Does not implicitly {@link tandem.control.LocalEdit.verify|verify} messages.
             * @param message LocalEdit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.LocalEdit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LocalEdit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.LocalEdit & tandem.control.LocalEdit.$Shape} LocalEdit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.LocalEdit & tandem.control.LocalEdit.$Shape;
        }

        namespace LocalEdit {

            /** Properties of a LocalEdit. */
            interface $Properties {

                /** LocalEdit id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** LocalEdit local */
                local?: (tandem.control.LocalAddress.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LocalEdit. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              local?: tandem.control.LocalAddress.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a LocalDelete.
         * @deprecated Use tandem.control.LocalDelete.$Properties instead.
         */
        interface ILocalDelete extends tandem.control.LocalDelete.$Properties {
        }

        /** Represents a LocalDelete. */
        class LocalDelete {

            /**
             * Constructs a new LocalDelete.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.LocalDelete.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LocalDelete id. */
            id?: (tandem.control.ServiceId.$Properties|null);

            /** LocalDelete address. */
            address: Uint8Array;

            /**
             * Creates a new LocalDelete instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LocalDelete instance
             */
            static create(properties: tandem.control.LocalDelete.$Shape): tandem.control.LocalDelete & tandem.control.LocalDelete.$Shape;
            static create(properties?: tandem.control.LocalDelete.$Properties): tandem.control.LocalDelete;

            /**
             * Encodes the specified LocalDelete message. Does not implicitly {@link tandem.control.LocalDelete.verify|verify} messages.
             * @param message LocalDelete message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.LocalDelete.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LocalDelete message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.LocalDelete & tandem.control.LocalDelete.$Shape} LocalDelete
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.LocalDelete & tandem.control.LocalDelete.$Shape;
        }

        namespace LocalDelete {

            /** Properties of a LocalDelete. */
            interface $Properties {

                /** LocalDelete id */
                id?: (tandem.control.ServiceId.$Properties|null);

                /** LocalDelete address */
                address?: (Uint8Array|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LocalDelete. */
            type $Shape = {
              id?: tandem.control.ServiceId.$Shape|null;
              address?: Uint8Array|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of an Edit.
         * @deprecated Use tandem.control.Edit.$Properties instead.
         */
        interface IEdit extends tandem.control.Edit.$Properties {
        }

        /** Represents an Edit. */
        class Edit {

            /**
             * Constructs a new Edit.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Edit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Edit addService. */
            addService?: (tandem.control.SettingsEdit.$Properties|null);

            /** Edit editService. */
            editService?: (tandem.control.SettingsEdit.$Properties|null);

            /** Edit deleteService. */
            deleteService?: (tandem.control.ServiceId.$Properties|null);

            /** Edit clear. */
            clear?: (tandem.control.Empty.$Properties|null);

            /** Edit addServer. */
            addServer?: (tandem.control.ServerEdit.$Properties|null);

            /** Edit editServer. */
            editServer?: (tandem.control.ServerEdit.$Properties|null);

            /** Edit deleteServer. */
            deleteServer?: (tandem.control.ServerDelete.$Properties|null);

            /** Edit addLocal. */
            addLocal?: (tandem.control.LocalEdit.$Properties|null);

            /** Edit deleteLocal. */
            deleteLocal?: (tandem.control.LocalDelete.$Properties|null);

            /** Edit setTimeouts. */
            setTimeouts?: (tandem.control.Timeouts.$Properties|null);

            /** Edit setVlanFlag. */
            setVlanFlag?: (boolean|null);

            /** Edit addMark. */
            addMark?: (tandem.control.Mark.$Properties|null);

            /** Edit deleteMark. */
            deleteMark?: (tandem.control.Mark.$Properties|null);

            /** Edit op. */
            op?: ("addService"|"editService"|"deleteService"|"clear"|"addServer"|"editServer"|"deleteServer"|"addLocal"|"deleteLocal"|"setTimeouts"|"setVlanFlag"|"addMark"|"deleteMark");

            /**
             * Creates a new Edit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Edit instance
             */
            static create(properties: tandem.control.Edit.$Shape): tandem.control.Edit & tandem.control.Edit.$Shape;
            static create(properties?: tandem.control.Edit.$Properties): tandem.control.Edit;

            /**
             * Encodes the specified Edit message. Does not implicitly {@link tandem.control.Edit.verify|verify} messages.
             * @param message Edit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Edit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Edit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Edit & tandem.control.Edit.$Shape} Edit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Edit & tandem.control.Edit.$Shape;
        }

        namespace Edit {

            /** Properties of an Edit. */
            interface $Properties {

                /** Edit addService */
                addService?: (tandem.control.SettingsEdit.$Properties|null);

                /** Edit editService */
                editService?: (tandem.control.SettingsEdit.$Properties|null);

                /** Edit deleteService */
                deleteService?: (tandem.control.ServiceId.$Properties|null);

                /** Edit clear */
                clear?: (tandem.control.Empty.$Properties|null);

                /** Edit addServer */
                addServer?: (tandem.control.ServerEdit.$Properties|null);

                /** Edit editServer */
                editServer?: (tandem.control.ServerEdit.$Properties|null);

                /** Edit deleteServer */
                deleteServer?: (tandem.control.ServerDelete.$Properties|null);

                /** Edit addLocal */
                addLocal?: (tandem.control.LocalEdit.$Properties|null);

                /** Edit deleteLocal */
                deleteLocal?: (tandem.control.LocalDelete.$Properties|null);

                /** Edit setTimeouts */
                setTimeouts?: (tandem.control.Timeouts.$Properties|null);

                /** Edit setVlanFlag */
                setVlanFlag?: (boolean|null);

                /** Edit addMark */
                addMark?: (tandem.control.Mark.$Properties|null);

                /** Edit deleteMark */
                deleteMark?: (tandem.control.Mark.$Properties|null);

                /** Edit op */
                op?: ("addService"|"editService"|"deleteService"|"clear"|"addServer"|"editServer"|"deleteServer"|"addLocal"|"deleteLocal"|"setTimeouts"|"setVlanFlag"|"addMark"|"deleteMark");

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Narrowed shape of an Edit. */
            type $Shape = {
              addService?: tandem.control.SettingsEdit.$Shape|null;
              editService?: tandem.control.SettingsEdit.$Shape|null;
              deleteService?: tandem.control.ServiceId.$Shape|null;
              clear?: tandem.control.Empty.$Shape|null;
              addServer?: tandem.control.ServerEdit.$Shape|null;
              editServer?: tandem.control.ServerEdit.$Shape|null;
              deleteServer?: tandem.control.ServerDelete.$Shape|null;
              addLocal?: tandem.control.LocalEdit.$Shape|null;
              deleteLocal?: tandem.control.LocalDelete.$Shape|null;
              setTimeouts?: tandem.control.Timeouts.$Shape|null;
              setVlanFlag?: boolean|null;
              addMark?: tandem.control.Mark.$Shape|null;
              deleteMark?: tandem.control.Mark.$Shape|null;
              $unknowns?: Uint8Array[];
            } & (
              ({ op?: undefined; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "addService"; addService: tandem.control.SettingsEdit.$Shape; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "editService"; addService?: null; editService: tandem.control.SettingsEdit.$Shape; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "deleteService"; addService?: null; editService?: null; deleteService: tandem.control.ServiceId.$Shape; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "clear"; addService?: null; editService?: null; deleteService?: null; clear: tandem.control.Empty.$Shape; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "addServer"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer: tandem.control.ServerEdit.$Shape; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "editServer"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer: tandem.control.ServerEdit.$Shape; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "deleteServer"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer: tandem.control.ServerDelete.$Shape; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "addLocal"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal: tandem.control.LocalEdit.$Shape; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "deleteLocal"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal: tandem.control.LocalDelete.$Shape; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "setTimeouts"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts: tandem.control.Timeouts.$Shape; setVlanFlag?: null; addMark?: null; deleteMark?: null }|{ op?: "setVlanFlag"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag: boolean; addMark?: null; deleteMark?: null }|{ op?: "addMark"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark: tandem.control.Mark.$Shape; deleteMark?: null }|{ op?: "deleteMark"; addService?: null; editService?: null; deleteService?: null; clear?: null; addServer?: null; editServer?: null; deleteServer?: null; addLocal?: null; deleteLocal?: null; setTimeouts?: null; setVlanFlag?: null; addMark?: null; deleteMark: tandem.control.Mark.$Shape })
            );
        }

        /**
         * Properties of an EditList.
         * @deprecated Use tandem.control.EditList.$Properties instead.
         */
        interface IEditList extends tandem.control.EditList.$Properties {
        }

        /** Represents an EditList. */
        class EditList {

            /**
             * Constructs a new EditList.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.EditList.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** EditList edits. */
            edits: tandem.control.Edit.$Properties[];

            /** EditList whole. */
            whole: boolean;

            /**
             * Creates a new EditList instance using the specified properties.
             * @param [properties] Properties to set
             * @returns EditList instance
             */
            static create(properties: tandem.control.EditList.$Shape): tandem.control.EditList & tandem.control.EditList.$Shape;
            static create(properties?: tandem.control.EditList.$Properties): tandem.control.EditList;

            /**
             * Encodes the specified EditList message. Does not implicitly {@link tandem.control.EditList.verify|verify} messages.
             * @param message EditList message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.EditList.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an EditList message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.EditList & tandem.control.EditList.$Shape} EditList
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.EditList & tandem.control.EditList.$Shape;
        }

        namespace EditList {

            /** Properties of an EditList. */
            interface $Properties {

                /** EditList edits */
                edits?: (tandem.control.Edit.$Properties[]|null);

                /** EditList whole */
                whole?: (boolean|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an EditList. */
            type $Shape = {
              edits?: tandem.control.Edit.$Shape[]|null;
              whole?: boolean|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a RefusedEdit.
         * @deprecated Use tandem.control.RefusedEdit.$Properties instead.
         */
        interface IRefusedEdit extends tandem.control.RefusedEdit.$Properties {
        }

        /** Represents a RefusedEdit. */
        class RefusedEdit {

            /**
             * Constructs a new RefusedEdit.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.RefusedEdit.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RefusedEdit at. */
            at: number;

            /** RefusedEdit failure. */
            failure?: (tandem.control.Failure.$Properties|null);

            /**
             * Creates a new RefusedEdit instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RefusedEdit instance
             */
            static create(properties: tandem.control.RefusedEdit.$Shape): tandem.control.RefusedEdit & tandem.control.RefusedEdit.$Shape;
            static create(properties?: tandem.control.RefusedEdit.$Properties): tandem.control.RefusedEdit;

            /**
             * Encodes the specified RefusedEdit message. Does not implicitly {@link tandem.control.RefusedEdit.verify|verify} messages.
             * @param message RefusedEdit message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.RefusedEdit.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RefusedEdit message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.RefusedEdit & tandem.control.RefusedEdit.$Shape} RefusedEdit
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.RefusedEdit & tandem.control.RefusedEdit.$Shape;
        }

        namespace RefusedEdit {

            /** Properties of a RefusedEdit. */
            interface $Properties {

                /** RefusedEdit at */
                at?: (number|null);

                /** RefusedEdit failure */
                failure?: (tandem.control.Failure.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RefusedEdit. */
            type $Shape = tandem.control.RefusedEdit.$Properties;
        }

        /**
         * Properties of an Edited.
         * @deprecated Use tandem.control.Edited.$Properties instead.
         */
        interface IEdited extends tandem.control.Edited.$Properties {
        }

        /** Represents an Edited. */
        class Edited {

            /**
             * Constructs a new Edited.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Edited.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Edited refused. */
            refused: tandem.control.RefusedEdit.$Properties[];

            /**
             * Creates a new Edited instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Edited instance
             */
            static create(properties: tandem.control.Edited.$Shape): tandem.control.Edited & tandem.control.Edited.$Shape;
            static create(properties?: tandem.control.Edited.$Properties): tandem.control.Edited;

            /**
             * Encodes the specified Edited message. Does not implicitly {@link tandem.control.Edited.verify|verify} messages.
             * @param message Edited message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Edited.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Edited message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Edited & tandem.control.Edited.$Shape} Edited
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Edited & tandem.control.Edited.$Shape;
        }

        namespace Edited {

            /** Properties of an Edited. */
            interface $Properties {

                /** Edited refused */
                refused?: (tandem.control.RefusedEdit.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of an Edited. */
            type $Shape = tandem.control.Edited.$Properties;
        }

        /**
         * Properties of a Zero.
         * @deprecated Use tandem.control.Zero.$Properties instead.
         */
        interface IZero extends tandem.control.Zero.$Properties {
        }

        /** Represents a Zero. */
        class Zero {

            /**
             * Constructs a new Zero.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Zero.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Zero service. */
            service?: (tandem.control.ServiceId.$Properties|null);

            /**
             * Creates a new Zero instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Zero instance
             */
            static create(properties: tandem.control.Zero.$Shape): tandem.control.Zero & tandem.control.Zero.$Shape;
            static create(properties?: tandem.control.Zero.$Properties): tandem.control.Zero;

            /**
             * Encodes the specified Zero message. Does not implicitly {@link tandem.control.Zero.verify|verify} messages.
             * @param message Zero message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Zero.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Zero message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Zero & tandem.control.Zero.$Shape} Zero
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Zero & tandem.control.Zero.$Shape;
        }

        namespace Zero {

            /** Properties of a Zero. */
            interface $Properties {

                /** Zero service */
                service?: (tandem.control.ServiceId.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Zero. */
            type $Shape = {
              service?: tandem.control.ServiceId.$Shape|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a TrafficCounters.
         * @deprecated Use tandem.control.TrafficCounters.$Properties instead.
         */
        interface ITrafficCounters extends tandem.control.TrafficCounters.$Properties {
        }

        /** Represents a TrafficCounters. */
        class TrafficCounters {

            /**
             * Constructs a new TrafficCounters.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.TrafficCounters.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** TrafficCounters connections. */
            connections: number;

            /** TrafficCounters inPackets. */
            inPackets: number;

            /** TrafficCounters outPackets. */
            outPackets: number;

            /** TrafficCounters inBytes. */
            inBytes: number;

            /** TrafficCounters outBytes. */
            outBytes: number;

            /**
             * Creates a new TrafficCounters instance using the specified properties.
             * @param [properties] Properties to set
             * @returns TrafficCounters instance
             */
            static create(properties: tandem.control.TrafficCounters.$Shape): tandem.control.TrafficCounters & tandem.control.TrafficCounters.$Shape;
            static create(properties?: tandem.control.TrafficCounters.$Properties): tandem.control.TrafficCounters;

            /**
             * Encodes the specified TrafficCounters message. Does not implicitly {@link tandem.control.TrafficCounters.verify|verify} messages.
             * @param message TrafficCounters message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.TrafficCounters.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a TrafficCounters message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.TrafficCounters & tandem.control.TrafficCounters.$Shape} TrafficCounters
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.TrafficCounters & tandem.control.TrafficCounters.$Shape;
        }

        namespace TrafficCounters {

            /** Properties of a TrafficCounters. */
            interface $Properties {

                /** TrafficCounters connections */
                connections?: (number|null);

                /** TrafficCounters inPackets */
                inPackets?: (number|null);

                /** TrafficCounters outPackets */
                outPackets?: (number|null);

                /** TrafficCounters inBytes */
                inBytes?: (number|null);

                /** TrafficCounters outBytes */
                outBytes?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a TrafficCounters. */
            type $Shape = tandem.control.TrafficCounters.$Properties;
        }

        /**
         * Properties of a ServerCounters.
         * @deprecated Use tandem.control.ServerCounters.$Properties instead.
         */
        interface IServerCounters extends tandem.control.ServerCounters.$Properties {
        }

        /** Represents a ServerCounters. */
        class ServerCounters {

            /**
             * Constructs a new ServerCounters.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServerCounters.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServerCounters traffic. */
            traffic?: (tandem.control.TrafficCounters.$Properties|null);

            /** ServerCounters activeConnections. */
            activeConnections: number;

            /** ServerCounters inactiveConnections. */
            inactiveConnections: number;

            /** ServerCounters persistentConnections. */
            persistentConnections: number;

            /**
             * Creates a new ServerCounters instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServerCounters instance
             */
            static create(properties: tandem.control.ServerCounters.$Shape): tandem.control.ServerCounters & tandem.control.ServerCounters.$Shape;
            static create(properties?: tandem.control.ServerCounters.$Properties): tandem.control.ServerCounters;

            /**
             * Encodes the specified ServerCounters message. Does not implicitly {@link tandem.control.ServerCounters.verify|verify} messages.
             * @param message ServerCounters message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServerCounters.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServerCounters message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServerCounters & tandem.control.ServerCounters.$Shape} ServerCounters
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServerCounters & tandem.control.ServerCounters.$Shape;
        }

        namespace ServerCounters {

            /** Properties of a ServerCounters. */
            interface $Properties {

                /** ServerCounters traffic */
                traffic?: (tandem.control.TrafficCounters.$Properties|null);

                /** ServerCounters activeConnections */
                activeConnections?: (number|null);

                /** ServerCounters inactiveConnections */
                inactiveConnections?: (number|null);

                /** ServerCounters persistentConnections */
                persistentConnections?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ServerCounters. */
            type $Shape = tandem.control.ServerCounters.$Properties;
        }

        /**
         * Properties of a LocalAddressUse.
         * @deprecated Use tandem.control.LocalAddressUse.$Properties instead.
         */
        interface ILocalAddressUse extends tandem.control.LocalAddressUse.$Properties {
        }

        /** Represents a LocalAddressUse. */
        class LocalAddressUse {

            /**
             * Constructs a new LocalAddressUse.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.LocalAddressUse.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** LocalAddressUse conflicts. */
            conflicts: number;

            /** LocalAddressUse connections. */
            connections: number;

            /**
             * Creates a new LocalAddressUse instance using the specified properties.
             * @param [properties] Properties to set
             * @returns LocalAddressUse instance
             */
            static create(properties: tandem.control.LocalAddressUse.$Shape): tandem.control.LocalAddressUse & tandem.control.LocalAddressUse.$Shape;
            static create(properties?: tandem.control.LocalAddressUse.$Properties): tandem.control.LocalAddressUse;

            /**
             * Encodes the specified LocalAddressUse message. Does not implicitly {@link tandem.control.LocalAddressUse.verify|verify} messages.
             * @param message LocalAddressUse message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.LocalAddressUse.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a LocalAddressUse message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.LocalAddressUse & tandem.control.LocalAddressUse.$Shape} LocalAddressUse
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.LocalAddressUse & tandem.control.LocalAddressUse.$Shape;
        }

        namespace LocalAddressUse {

            /** Properties of a LocalAddressUse. */
            interface $Properties {

                /** LocalAddressUse conflicts */
                conflicts?: (number|null);

                /** LocalAddressUse connections */
                connections?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a LocalAddressUse. */
            type $Shape = tandem.control.LocalAddressUse.$Properties;
        }

        /**
         * Properties of a ServiceCounters.
         * @deprecated Use tandem.control.ServiceCounters.$Properties instead.
         */
        interface IServiceCounters extends tandem.control.ServiceCounters.$Properties {
        }

        /** Represents a ServiceCounters. */
        class ServiceCounters {

            /**
             * Constructs a new ServiceCounters.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ServiceCounters.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ServiceCounters total. */
            total?: (tandem.control.TrafficCounters.$Properties|null);

            /** ServiceCounters servers. */
            servers: tandem.control.ServerCounters.$Properties[];

            /** ServiceCounters locals. */
            locals: tandem.control.LocalAddressUse.$Properties[];

            /**
             * Creates a new ServiceCounters instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ServiceCounters instance
             */
            static create(properties: tandem.control.ServiceCounters.$Shape): tandem.control.ServiceCounters & tandem.control.ServiceCounters.$Shape;
            static create(properties?: tandem.control.ServiceCounters.$Properties): tandem.control.ServiceCounters;

            /**
             * Encodes the specified ServiceCounters message. Does not implicitly {@link tandem.control.ServiceCounters.verify|verify} messages.
             * @param message ServiceCounters message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ServiceCounters.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ServiceCounters message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ServiceCounters & tandem.control.ServiceCounters.$Shape} ServiceCounters
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ServiceCounters & tandem.control.ServiceCounters.$Shape;
        }

        namespace ServiceCounters {

            /** Properties of a ServiceCounters. */
            interface $Properties {

                /** ServiceCounters total */
                total?: (tandem.control.TrafficCounters.$Properties|null);

                /** ServiceCounters servers */
                servers?: (tandem.control.ServerCounters.$Properties[]|null);

                /** ServiceCounters locals */
                locals?: (tandem.control.LocalAddressUse.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ServiceCounters. */
            type $Shape = tandem.control.ServiceCounters.$Properties;
        }

        /**
         * Properties of a Listing.
         * @deprecated Use tandem.control.Listing.$Properties instead.
         */
        interface IListing extends tandem.control.Listing.$Properties {
        }

        /** Represents a Listing. */
        class Listing {

            /**
             * Constructs a new Listing.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Listing.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Listing rules. */
            rules?: (tandem.control.RuleSet.$Properties|null);

            /** Listing counters. */
            counters: tandem.control.ServiceCounters.$Properties[];

            /**
             * Creates a new Listing instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Listing instance
             */
            static create(properties: tandem.control.Listing.$Shape): tandem.control.Listing & tandem.control.Listing.$Shape;
            static create(properties?: tandem.control.Listing.$Properties): tandem.control.Listing;

            /**
             * Encodes the specified Listing message. Does not implicitly {@link tandem.control.Listing.verify|verify} messages.
             * @param message Listing message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Listing.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Listing message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Listing & tandem.control.Listing.$Shape} Listing
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Listing & tandem.control.Listing.$Shape;
        }

        namespace Listing {

            /** Properties of a Listing. */
            interface $Properties {

                /** Listing rules */
                rules?: (tandem.control.RuleSet.$Properties|null);

                /** Listing counters */
                counters?: (tandem.control.ServiceCounters.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Listing. */
            type $Shape = {
              rules?: tandem.control.RuleSet.$Shape|null;
              counters?: tandem.control.ServiceCounters.$Shape[]|null;
              $unknowns?: Uint8Array[];
            };
        }

        /**
         * Properties of a Connection.
         * @deprecated Use tandem.control.Connection.$Properties instead.
         */
        interface IConnection extends tandem.control.Connection.$Properties {
        }

        /** Represents a Connection. */
        class Connection {

            /**
             * Constructs a new Connection.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Connection.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Connection protocol. */
            protocol: number;

            /** Connection client. */
            client?: (tandem.control.Endpoint.$Properties|null);

            /** Connection virtual. */
            virtual?: (tandem.control.Endpoint.$Properties|null);

            /** Connection local. */
            local?: (tandem.control.Endpoint.$Properties|null);

            /** Connection server. */
            server?: (tandem.control.Endpoint.$Properties|null);

            /** Connection forwarding. */
            forwarding: string;

            /** Connection state. */
            state: number;

            /** Connection expires. */
            expires: number;

            /**
             * Creates a new Connection instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Connection instance
             */
            static create(properties: tandem.control.Connection.$Shape): tandem.control.Connection & tandem.control.Connection.$Shape;
            static create(properties?: tandem.control.Connection.$Properties): tandem.control.Connection;

            /**
             * Encodes the specified Connection message. Does not implicitly {@link tandem.control.Connection.verify|verify} messages.
             * @param message Connection message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Connection.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Connection message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Connection & tandem.control.Connection.$Shape} Connection
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Connection & tandem.control.Connection.$Shape;
        }

        namespace Connection {

            /** Properties of a Connection. */
            interface $Properties {

                /** Connection protocol */
                protocol?: (number|null);

                /** Connection client */
                client?: (tandem.control.Endpoint.$Properties|null);

                /** Connection virtual */
                virtual?: (tandem.control.Endpoint.$Properties|null);

                /** Connection local */
                local?: (tandem.control.Endpoint.$Properties|null);

                /** Connection server */
                server?: (tandem.control.Endpoint.$Properties|null);

                /** Connection forwarding */
                forwarding?: (string|null);

                /** Connection state */
                state?: (number|null);

                /** Connection expires */
                expires?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Connection. */
            type $Shape = tandem.control.Connection.$Properties;
        }

        /**
         * Properties of a ConnectionChunk.
         * @deprecated Use tandem.control.ConnectionChunk.$Properties instead.
         */
        interface IConnectionChunk extends tandem.control.ConnectionChunk.$Properties {
        }

        /** Represents a ConnectionChunk. */
        class ConnectionChunk {

            /**
             * Constructs a new ConnectionChunk.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ConnectionChunk.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ConnectionChunk connections. */
            connections: tandem.control.Connection.$Properties[];

            /**
             * Creates a new ConnectionChunk instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ConnectionChunk instance
             */
            static create(properties: tandem.control.ConnectionChunk.$Shape): tandem.control.ConnectionChunk & tandem.control.ConnectionChunk.$Shape;
            static create(properties?: tandem.control.ConnectionChunk.$Properties): tandem.control.ConnectionChunk;

            /**
             * Encodes the specified ConnectionChunk message. Does not implicitly {@link tandem.control.ConnectionChunk.verify|verify} messages.
             * @param message ConnectionChunk message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ConnectionChunk.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ConnectionChunk message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ConnectionChunk & tandem.control.ConnectionChunk.$Shape} ConnectionChunk
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ConnectionChunk & tandem.control.ConnectionChunk.$Shape;
        }

        namespace ConnectionChunk {

            /** Properties of a ConnectionChunk. */
            interface $Properties {

                /** ConnectionChunk connections */
                connections?: (tandem.control.Connection.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ConnectionChunk. */
            type $Shape = tandem.control.ConnectionChunk.$Properties;
        }

        /**
         * Properties of a SyncDirection.
         * @deprecated Use tandem.control.SyncDirection.$Properties instead.
         */
        interface ISyncDirection extends tandem.control.SyncDirection.$Properties {
        }

        /** Represents a SyncDirection. */
        class SyncDirection {

            /**
             * Constructs a new SyncDirection.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SyncDirection.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncDirection direction. */
            direction: string;

            /**
             * Creates a new SyncDirection instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncDirection instance
             */
            static create(properties: tandem.control.SyncDirection.$Shape): tandem.control.SyncDirection & tandem.control.SyncDirection.$Shape;
            static create(properties?: tandem.control.SyncDirection.$Properties): tandem.control.SyncDirection;

            /**
             * Encodes the specified SyncDirection message. Does not implicitly {@link tandem.control.SyncDirection.verify|verify} messages.
             * @param message SyncDirection message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SyncDirection.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncDirection message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SyncDirection & tandem.control.SyncDirection.$Shape} SyncDirection
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SyncDirection & tandem.control.SyncDirection.$Shape;
        }

        namespace SyncDirection {

            /** Properties of a SyncDirection. */
            interface $Properties {

                /** SyncDirection direction */
                direction?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncDirection. */
            type $Shape = tandem.control.SyncDirection.$Properties;
        }

        /**
         * Properties of a SyncDaemon.
         * @deprecated Use tandem.control.SyncDaemon.$Properties instead.
         */
        interface ISyncDaemon extends tandem.control.SyncDaemon.$Properties {
        }

        /** Represents a SyncDaemon. */
        class SyncDaemon {

            /**
             * Constructs a new SyncDaemon.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SyncDaemon.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncDaemon direction. */
            direction: string;

            /** SyncDaemon interface. */
            interface: string;

            /** SyncDaemon syncid. */
            syncid: number;

            /** SyncDaemon maxlen. */
            maxlen: number;

            /** SyncDaemon group. */
            group: Uint8Array;

            /** SyncDaemon port. */
            port: number;

            /** SyncDaemon ttl. */
            ttl: number;

            /**
             * Creates a new SyncDaemon instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncDaemon instance
             */
            static create(properties: tandem.control.SyncDaemon.$Shape): tandem.control.SyncDaemon & tandem.control.SyncDaemon.$Shape;
            static create(properties?: tandem.control.SyncDaemon.$Properties): tandem.control.SyncDaemon;

            /**
             * Encodes the specified SyncDaemon message. Does not implicitly {@link tandem.control.SyncDaemon.verify|verify} messages.
             * @param message SyncDaemon message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SyncDaemon.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncDaemon message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SyncDaemon & tandem.control.SyncDaemon.$Shape} SyncDaemon
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SyncDaemon & tandem.control.SyncDaemon.$Shape;
        }

        namespace SyncDaemon {

            /** Properties of a SyncDaemon. */
            interface $Properties {

                /** SyncDaemon direction */
                direction?: (string|null);

                /** SyncDaemon interface */
                "interface"?: (string|null);

                /** SyncDaemon syncid */
                syncid?: (number|null);

                /** SyncDaemon maxlen */
                maxlen?: (number|null);

                /** SyncDaemon group */
                group?: (Uint8Array|null);

                /** SyncDaemon port */
                port?: (number|null);

                /** SyncDaemon ttl */
                ttl?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncDaemon. */
            type $Shape = tandem.control.SyncDaemon.$Properties;
        }

        /**
         * Properties of a SyncDaemons.
         * @deprecated Use tandem.control.SyncDaemons.$Properties instead.
         */
        interface ISyncDaemons extends tandem.control.SyncDaemons.$Properties {
        }

        /** Represents a SyncDaemons. */
        class SyncDaemons {

            /**
             * Constructs a new SyncDaemons.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SyncDaemons.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncDaemons daemons. */
            daemons: tandem.control.SyncDaemon.$Properties[];

            /**
             * Creates a new SyncDaemons instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncDaemons instance
             */
            static create(properties: tandem.control.SyncDaemons.$Shape): tandem.control.SyncDaemons & tandem.control.SyncDaemons.$Shape;
            static create(properties?: tandem.control.SyncDaemons.$Properties): tandem.control.SyncDaemons;

            /**
             * Encodes the specified SyncDaemons message. Does not implicitly {@link tandem.control.SyncDaemons.verify|verify} messages.
             * @param message SyncDaemons message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SyncDaemons.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncDaemons message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SyncDaemons & tandem.control.SyncDaemons.$Shape} SyncDaemons
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SyncDaemons & tandem.control.SyncDaemons.$Shape;
        }

        namespace SyncDaemons {

            /** Properties of a SyncDaemons. */
            interface $Properties {

                /** SyncDaemons daemons */
                daemons?: (tandem.control.SyncDaemon.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncDaemons. */
            type $Shape = tandem.control.SyncDaemons.$Properties;
        }

        /**
         * Properties of a Handover.
         * @deprecated Use tandem.control.Handover.$Properties instead.
         */
        interface IHandover extends tandem.control.Handover.$Properties {
        }

        /** Represents a Handover. */
        class Handover {

            /**
             * Constructs a new Handover.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Handover.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Handover tookMs. */
            tookMs: number;

            /**
             * Creates a new Handover instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Handover instance
             */
            static create(properties: tandem.control.Handover.$Shape): tandem.control.Handover & tandem.control.Handover.$Shape;
            static create(properties?: tandem.control.Handover.$Properties): tandem.control.Handover;

            /**
             * Encodes the specified Handover message. Does not implicitly {@link tandem.control.Handover.verify|verify} messages.
             * @param message Handover message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Handover.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Handover message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Handover & tandem.control.Handover.$Shape} Handover
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Handover & tandem.control.Handover.$Shape;
        }

        namespace Handover {

            /** Properties of a Handover. */
            interface $Properties {

                /** Handover tookMs */
                tookMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Handover. */
            type $Shape = tandem.control.Handover.$Properties;
        }

        /**
         * Properties of a Fence.
         * @deprecated Use tandem.control.Fence.$Properties instead.
         */
        interface IFence extends tandem.control.Fence.$Properties {
        }

        /** Represents a Fence. */
        class Fence {

            /**
             * Constructs a new Fence.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Fence.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Fence open. */
            open: boolean;

            /** Fence remainingMs. */
            remainingMs: number;

            /**
             * Creates a new Fence instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Fence instance
             */
            static create(properties: tandem.control.Fence.$Shape): tandem.control.Fence & tandem.control.Fence.$Shape;
            static create(properties?: tandem.control.Fence.$Properties): tandem.control.Fence;

            /**
             * Encodes the specified Fence message. Does not implicitly {@link tandem.control.Fence.verify|verify} messages.
             * @param message Fence message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Fence.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Fence message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Fence & tandem.control.Fence.$Shape} Fence
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Fence & tandem.control.Fence.$Shape;
        }

        namespace Fence {

            /** Properties of a Fence. */
            interface $Properties {

                /** Fence open */
                open?: (boolean|null);

                /** Fence remainingMs */
                remainingMs?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Fence. */
            type $Shape = tandem.control.Fence.$Properties;
        }

        /**
         * Properties of a RouterStatus.
         * @deprecated Use tandem.control.RouterStatus.$Properties instead.
         */
        interface IRouterStatus extends tandem.control.RouterStatus.$Properties {
        }

        /** Represents a RouterStatus. */
        class RouterStatus {

            /**
             * Constructs a new RouterStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.RouterStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** RouterStatus name. */
            name: string;

            /** RouterStatus vrid. */
            vrid: number;

            /** RouterStatus state. */
            state: string;

            /** RouterStatus priority. */
            priority: number;

            /** RouterStatus addresses. */
            addresses: string[];

            /** RouterStatus fence. */
            fence?: (tandem.control.Fence.$Properties|null);

            /**
             * Creates a new RouterStatus instance using the specified properties.
             * @param [properties] Properties to set
             * @returns RouterStatus instance
             */
            static create(properties: tandem.control.RouterStatus.$Shape): tandem.control.RouterStatus & tandem.control.RouterStatus.$Shape;
            static create(properties?: tandem.control.RouterStatus.$Properties): tandem.control.RouterStatus;

            /**
             * Encodes the specified RouterStatus message. Does not implicitly {@link tandem.control.RouterStatus.verify|verify} messages.
             * @param message RouterStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.RouterStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a RouterStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.RouterStatus & tandem.control.RouterStatus.$Shape} RouterStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.RouterStatus & tandem.control.RouterStatus.$Shape;
        }

        namespace RouterStatus {

            /** Properties of a RouterStatus. */
            interface $Properties {

                /** RouterStatus name */
                name?: (string|null);

                /** RouterStatus vrid */
                vrid?: (number|null);

                /** RouterStatus state */
                state?: (string|null);

                /** RouterStatus priority */
                priority?: (number|null);

                /** RouterStatus addresses */
                addresses?: (string[]|null);

                /** RouterStatus fence */
                fence?: (tandem.control.Fence.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a RouterStatus. */
            type $Shape = tandem.control.RouterStatus.$Properties;
        }

        /**
         * Properties of a PeerStatus.
         * @deprecated Use tandem.control.PeerStatus.$Properties instead.
         */
        interface IPeerStatus extends tandem.control.PeerStatus.$Properties {
        }

        /** Represents a PeerStatus. */
        class PeerStatus {

            /**
             * Constructs a new PeerStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.PeerStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** PeerStatus vrrpMs. */
            vrrpMs?: (number|null);

            /** PeerStatus syncMs. */
            syncMs?: (number|null);

            /** PeerStatus synced. */
            synced: boolean;

            /** PeerStatus vrrpPath. */
            vrrpPath: string;

            /** PeerStatus syncPath. */
            syncPath: string;

            /**
             * Creates a new PeerStatus instance using the specified properties.
             * @param [properties] Properties to set
             * @returns PeerStatus instance
             */
            static create(properties: tandem.control.PeerStatus.$Shape): tandem.control.PeerStatus & tandem.control.PeerStatus.$Shape;
            static create(properties?: tandem.control.PeerStatus.$Properties): tandem.control.PeerStatus;

            /**
             * Encodes the specified PeerStatus message. Does not implicitly {@link tandem.control.PeerStatus.verify|verify} messages.
             * @param message PeerStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.PeerStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a PeerStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.PeerStatus & tandem.control.PeerStatus.$Shape} PeerStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.PeerStatus & tandem.control.PeerStatus.$Shape;
        }

        namespace PeerStatus {

            /** Properties of a PeerStatus. */
            interface $Properties {

                /** PeerStatus vrrpMs */
                vrrpMs?: (number|null);

                /** PeerStatus syncMs */
                syncMs?: (number|null);

                /** PeerStatus synced */
                synced?: (boolean|null);

                /** PeerStatus vrrpPath */
                vrrpPath?: (string|null);

                /** PeerStatus syncPath */
                syncPath?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a PeerStatus. */
            type $Shape = tandem.control.PeerStatus.$Properties;
        }

        /**
         * Properties of a Lag.
         * @deprecated Use tandem.control.Lag.$Properties instead.
         */
        interface ILag extends tandem.control.Lag.$Properties {
        }

        /** Represents a Lag. */
        class Lag {

            /**
             * Constructs a new Lag.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Lag.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Lag p50. */
            p50: number;

            /** Lag p99. */
            p99: number;

            /** Lag max. */
            max: number;

            /**
             * Creates a new Lag instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Lag instance
             */
            static create(properties: tandem.control.Lag.$Shape): tandem.control.Lag & tandem.control.Lag.$Shape;
            static create(properties?: tandem.control.Lag.$Properties): tandem.control.Lag;

            /**
             * Encodes the specified Lag message. Does not implicitly {@link tandem.control.Lag.verify|verify} messages.
             * @param message Lag message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Lag.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Lag message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Lag & tandem.control.Lag.$Shape} Lag
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Lag & tandem.control.Lag.$Shape;
        }

        namespace Lag {

            /** Properties of a Lag. */
            interface $Properties {

                /** Lag p50 */
                p50?: (number|null);

                /** Lag p99 */
                p99?: (number|null);

                /** Lag max */
                max?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Lag. */
            type $Shape = tandem.control.Lag.$Properties;
        }

        /**
         * Properties of a SyncStatus.
         * @deprecated Use tandem.control.SyncStatus.$Properties instead.
         */
        interface ISyncStatus extends tandem.control.SyncStatus.$Properties {
        }

        /** Represents a SyncStatus. */
        class SyncStatus {

            /**
             * Constructs a new SyncStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SyncStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncStatus counters. */
            counters: { [k: string]: number };

            /** SyncStatus rejected. */
            rejected: { [k: string]: number };

            /** SyncStatus lagMs. */
            lagMs?: (tandem.control.Lag.$Properties|null);

            /** SyncStatus sealed. */
            sealed: boolean;

            /** SyncStatus shortfall. */
            shortfall: number;

            /** SyncStatus bulkSending. */
            bulkSending?: (tandem.control.BulkCount.$Properties|null);

            /** SyncStatus bulkReceiving. */
            bulkReceiving?: (tandem.control.BulkCount.$Properties|null);

            /** SyncStatus keys. */
            keys?: (tandem.control.SyncKeys.$Properties|null);

            /**
             * Creates a new SyncStatus instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncStatus instance
             */
            static create(properties: tandem.control.SyncStatus.$Shape): tandem.control.SyncStatus & tandem.control.SyncStatus.$Shape;
            static create(properties?: tandem.control.SyncStatus.$Properties): tandem.control.SyncStatus;

            /**
             * Encodes the specified SyncStatus message. Does not implicitly {@link tandem.control.SyncStatus.verify|verify} messages.
             * @param message SyncStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SyncStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SyncStatus & tandem.control.SyncStatus.$Shape} SyncStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SyncStatus & tandem.control.SyncStatus.$Shape;
        }

        namespace SyncStatus {

            /** Properties of a SyncStatus. */
            interface $Properties {

                /** SyncStatus counters */
                counters?: ({ [k: string]: number }|null);

                /** SyncStatus rejected */
                rejected?: ({ [k: string]: number }|null);

                /** SyncStatus lagMs */
                lagMs?: (tandem.control.Lag.$Properties|null);

                /** SyncStatus sealed */
                sealed?: (boolean|null);

                /** SyncStatus shortfall */
                shortfall?: (number|null);

                /** SyncStatus bulkSending */
                bulkSending?: (tandem.control.BulkCount.$Properties|null);

                /** SyncStatus bulkReceiving */
                bulkReceiving?: (tandem.control.BulkCount.$Properties|null);

                /** SyncStatus keys */
                keys?: (tandem.control.SyncKeys.$Properties|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncStatus. */
            type $Shape = tandem.control.SyncStatus.$Properties;
        }

        /**
         * Properties of a BulkCount.
         * @deprecated Use tandem.control.BulkCount.$Properties instead.
         */
        interface IBulkCount extends tandem.control.BulkCount.$Properties {
        }

        /** Represents a BulkCount. */
        class BulkCount {

            /**
             * Constructs a new BulkCount.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.BulkCount.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** BulkCount done. */
            done: number;

            /** BulkCount total. */
            total: number;

            /**
             * Creates a new BulkCount instance using the specified properties.
             * @param [properties] Properties to set
             * @returns BulkCount instance
             */
            static create(properties: tandem.control.BulkCount.$Shape): tandem.control.BulkCount & tandem.control.BulkCount.$Shape;
            static create(properties?: tandem.control.BulkCount.$Properties): tandem.control.BulkCount;

            /**
             * Encodes the specified BulkCount message. Does not implicitly {@link tandem.control.BulkCount.verify|verify} messages.
             * @param message BulkCount message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.BulkCount.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a BulkCount message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.BulkCount & tandem.control.BulkCount.$Shape} BulkCount
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.BulkCount & tandem.control.BulkCount.$Shape;
        }

        namespace BulkCount {

            /** Properties of a BulkCount. */
            interface $Properties {

                /** BulkCount done */
                done?: (number|null);

                /** BulkCount total */
                total?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a BulkCount. */
            type $Shape = tandem.control.BulkCount.$Properties;
        }

        /**
         * Properties of a SyncKeys.
         * @deprecated Use tandem.control.SyncKeys.$Properties instead.
         */
        interface ISyncKeys extends tandem.control.SyncKeys.$Properties {
        }

        /** Represents a SyncKeys. */
        class SyncKeys {

            /**
             * Constructs a new SyncKeys.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.SyncKeys.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** SyncKeys sealing. */
            sealing?: (string|null);

            /** SyncKeys opened. */
            opened: string[];

            /** SyncKeys peer. */
            peer: string[];

            /**
             * Creates a new SyncKeys instance using the specified properties.
             * @param [properties] Properties to set
             * @returns SyncKeys instance
             */
            static create(properties: tandem.control.SyncKeys.$Shape): tandem.control.SyncKeys & tandem.control.SyncKeys.$Shape;
            static create(properties?: tandem.control.SyncKeys.$Properties): tandem.control.SyncKeys;

            /**
             * Encodes the specified SyncKeys message. Does not implicitly {@link tandem.control.SyncKeys.verify|verify} messages.
             * @param message SyncKeys message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.SyncKeys.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a SyncKeys message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.SyncKeys & tandem.control.SyncKeys.$Shape} SyncKeys
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.SyncKeys & tandem.control.SyncKeys.$Shape;
        }

        namespace SyncKeys {

            /** Properties of a SyncKeys. */
            interface $Properties {

                /** SyncKeys sealing */
                sealing?: (string|null);

                /** SyncKeys opened */
                opened?: (string[]|null);

                /** SyncKeys peer */
                peer?: (string[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a SyncKeys. */
            type $Shape = tandem.control.SyncKeys.$Properties;
        }

        /**
         * Properties of a Status.
         * @deprecated Use tandem.control.Status.$Properties instead.
         */
        interface IStatus extends tandem.control.Status.$Properties {
        }

        /** Represents a Status. */
        class Status {

            /**
             * Constructs a new Status.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Status.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Status name. */
            name: string;

            /** Status role. */
            role: string;

            /** Status datapath. */
            datapath: string;

            /** Status version. */
            version: string;

            /** Status pid. */
            pid: number;

            /** Status uptimeS. */
            uptimeS: number;

            /** Status routers. */
            routers: tandem.control.RouterStatus.$Properties[];

            /** Status peer. */
            peer?: (tandem.control.PeerStatus.$Properties|null);

            /** Status sync. */
            sync?: (tandem.control.SyncStatus.$Properties|null);

            /** Status vrrp. */
            vrrp: { [k: string]: number };

            /** Status connections. */
            connections: number;

            /** Status drops. */
            drops: { [k: string]: number };

            /** Status events. */
            events: { [k: string]: number };

            /** Status rules. */
            rules?: (tandem.control.ReplicationStatus.$Properties|null);

            /** Status tracked. */
            tracked: tandem.control.Tracked.$Properties[];

            /**
             * Creates a new Status instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Status instance
             */
            static create(properties: tandem.control.Status.$Shape): tandem.control.Status & tandem.control.Status.$Shape;
            static create(properties?: tandem.control.Status.$Properties): tandem.control.Status;

            /**
             * Encodes the specified Status message. Does not implicitly {@link tandem.control.Status.verify|verify} messages.
             * @param message Status message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Status.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Status message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Status & tandem.control.Status.$Shape} Status
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Status & tandem.control.Status.$Shape;
        }

        namespace Status {

            /** Properties of a Status. */
            interface $Properties {

                /** Status name */
                name?: (string|null);

                /** Status role */
                role?: (string|null);

                /** Status datapath */
                datapath?: (string|null);

                /** Status version */
                version?: (string|null);

                /** Status pid */
                pid?: (number|null);

                /** Status uptimeS */
                uptimeS?: (number|null);

                /** Status routers */
                routers?: (tandem.control.RouterStatus.$Properties[]|null);

                /** Status peer */
                peer?: (tandem.control.PeerStatus.$Properties|null);

                /** Status sync */
                sync?: (tandem.control.SyncStatus.$Properties|null);

                /** Status vrrp */
                vrrp?: ({ [k: string]: number }|null);

                /** Status connections */
                connections?: (number|null);

                /** Status drops */
                drops?: ({ [k: string]: number }|null);

                /** Status events */
                events?: ({ [k: string]: number }|null);

                /** Status rules */
                rules?: (tandem.control.ReplicationStatus.$Properties|null);

                /** Status tracked */
                tracked?: (tandem.control.Tracked.$Properties[]|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Status. */
            type $Shape = tandem.control.Status.$Properties;
        }

        /**
         * Properties of a ReplicationStatus.
         * @deprecated Use tandem.control.ReplicationStatus.$Properties instead.
         */
        interface IReplicationStatus extends tandem.control.ReplicationStatus.$Properties {
        }

        /** Represents a ReplicationStatus. */
        class ReplicationStatus {

            /**
             * Constructs a new ReplicationStatus.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.ReplicationStatus.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** ReplicationStatus replicated. */
            replicated: boolean;

            /** ReplicationStatus version. */
            version: number;

            /** ReplicationStatus agreed. */
            agreed: boolean;

            /** ReplicationStatus refused. */
            refused?: (string|null);

            /**
             * Creates a new ReplicationStatus instance using the specified properties.
             * @param [properties] Properties to set
             * @returns ReplicationStatus instance
             */
            static create(properties: tandem.control.ReplicationStatus.$Shape): tandem.control.ReplicationStatus & tandem.control.ReplicationStatus.$Shape;
            static create(properties?: tandem.control.ReplicationStatus.$Properties): tandem.control.ReplicationStatus;

            /**
             * Encodes the specified ReplicationStatus message. Does not implicitly {@link tandem.control.ReplicationStatus.verify|verify} messages.
             * @param message ReplicationStatus message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.ReplicationStatus.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a ReplicationStatus message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.ReplicationStatus & tandem.control.ReplicationStatus.$Shape} ReplicationStatus
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.ReplicationStatus & tandem.control.ReplicationStatus.$Shape;
        }

        namespace ReplicationStatus {

            /** Properties of a ReplicationStatus. */
            interface $Properties {

                /** ReplicationStatus replicated */
                replicated?: (boolean|null);

                /** ReplicationStatus version */
                version?: (number|null);

                /** ReplicationStatus agreed */
                agreed?: (boolean|null);

                /** ReplicationStatus refused */
                refused?: (string|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a ReplicationStatus. */
            type $Shape = tandem.control.ReplicationStatus.$Properties;
        }

        /**
         * Properties of a Tracked.
         * @deprecated Use tandem.control.Tracked.$Properties instead.
         */
        interface ITracked extends tandem.control.Tracked.$Properties {
        }

        /** Represents a Tracked. */
        class Tracked {

            /**
             * Constructs a new Tracked.
             * @param [properties] Properties to set
             */
            constructor(properties?: tandem.control.Tracked.$Properties);

            /** Unknown fields preserved while decoding when enabled */
            $unknowns?: Uint8Array[];

            /** Tracked kind. */
            kind: string;

            /** Tracked name. */
            name: string;

            /** Tracked up. */
            up: boolean;

            /** Tracked weight. */
            weight: number;

            /**
             * Creates a new Tracked instance using the specified properties.
             * @param [properties] Properties to set
             * @returns Tracked instance
             */
            static create(properties: tandem.control.Tracked.$Shape): tandem.control.Tracked & tandem.control.Tracked.$Shape;
            static create(properties?: tandem.control.Tracked.$Properties): tandem.control.Tracked;

            /**
             * Encodes the specified Tracked message. Does not implicitly {@link tandem.control.Tracked.verify|verify} messages.
             * @param message Tracked message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            static encode(message: tandem.control.Tracked.$Properties, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Tracked message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns {tandem.control.Tracked & tandem.control.Tracked.$Shape} Tracked
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): tandem.control.Tracked & tandem.control.Tracked.$Shape;
        }

        namespace Tracked {

            /** Properties of a Tracked. */
            interface $Properties {

                /** Tracked kind */
                kind?: (string|null);

                /** Tracked name */
                name?: (string|null);

                /** Tracked up */
                up?: (boolean|null);

                /** Tracked weight */
                weight?: (number|null);

                /** Unknown fields preserved while decoding when enabled */
                $unknowns?: Uint8Array[];
            }

            /** Shape of a Tracked. */
            type $Shape = tandem.control.Tracked.$Properties;
        }
    }
}
