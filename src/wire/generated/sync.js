/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["tandem-sync"] || ($protobuf.roots["tandem-sync"] = {});

export const tandem = $root.tandem = (() => {

    const tandem = {};

    tandem.sync = (function() {

        const sync = {};

        sync.Envelope = (function() {

            const Envelope = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Envelope.prototype.records = null;
            Envelope.prototype.heartbeat = null;
            Envelope.prototype.handover = null;
            Envelope.prototype.bracket = null;
            Envelope.prototype.ack = null;
            Envelope.prototype.rules = null;

            let $oneOfFields;

            $Object.defineProperty(Envelope.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["records", "heartbeat", "handover", "bracket", "ack", "rules"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Envelope.create = function(properties) {
                return new Envelope(properties);
            };

            Envelope.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.records != null && $Object.hasOwnProperty.call(message, "records"))
                    $root.tandem.sync.Records.encode(message.records, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.heartbeat != null && $Object.hasOwnProperty.call(message, "heartbeat"))
                    $root.tandem.sync.Heartbeat.encode(message.heartbeat, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.handover != null && $Object.hasOwnProperty.call(message, "handover"))
                    $root.tandem.sync.Handover.encode(message.handover, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.bracket != null && $Object.hasOwnProperty.call(message, "bracket"))
                    $root.tandem.sync.Bracket.encode(message.bracket, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.ack != null && $Object.hasOwnProperty.call(message, "ack"))
                    $root.tandem.sync.Ack.encode(message.ack, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.rules != null && $Object.hasOwnProperty.call(message, "rules"))
                    $root.tandem.sync.Rules.encode(message.rules, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Envelope.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Envelope();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.records = $root.tandem.sync.Records.decode(reader, reader.size(), $undefined, _depth + 1, message.records);
                            message.body = "records";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.heartbeat = $root.tandem.sync.Heartbeat.decode(reader, reader.size(), $undefined, _depth + 1, message.heartbeat);
                            message.body = "heartbeat";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.handover = $root.tandem.sync.Handover.decode(reader, reader.size(), $undefined, _depth + 1, message.handover);
                            message.body = "handover";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.bracket = $root.tandem.sync.Bracket.decode(reader, reader.size(), $undefined, _depth + 1, message.bracket);
                            message.body = "bracket";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.ack = $root.tandem.sync.Ack.decode(reader, reader.size(), $undefined, _depth + 1, message.ack);
                            message.body = "ack";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.rules = $root.tandem.sync.Rules.decode(reader, reader.size(), $undefined, _depth + 1, message.rules);
                            message.body = "rules";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Envelope;
        })();

        sync.Records = (function() {

            const Records = function (properties) {
                this.flags = [];
                this.client = [];
                this.virtual = [];
                this.local = [];
                this.server = [];
                this.clientPort = [];
                this.virtualPort = [];
                this.localPort = [];
                this.serverPort = [];
                this.timeout = [];
                this.term = [];
                this.version = [];
                this.maker = [];
                this.high = [];
                this.forwarding = [];
                this.fwmark = [];
                this.subnet = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Records.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Records.prototype.op = $util.newBuffer([]);
            Records.prototype.protocol = $util.newBuffer([]);
            Records.prototype.state = $util.newBuffer([]);
            Records.prototype.flags = $util.emptyArray;
            Records.prototype.client = $util.emptyArray;
            Records.prototype.virtual = $util.emptyArray;
            Records.prototype.local = $util.emptyArray;
            Records.prototype.server = $util.emptyArray;
            Records.prototype.clientPort = $util.emptyArray;
            Records.prototype.virtualPort = $util.emptyArray;
            Records.prototype.localPort = $util.emptyArray;
            Records.prototype.serverPort = $util.emptyArray;
            Records.prototype.timeout = $util.emptyArray;
            Records.prototype.term = $util.emptyArray;
            Records.prototype.version = $util.emptyArray;
            Records.prototype.maker = $util.emptyArray;
            Records.prototype.bulk = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Records.prototype.walked = false;
            Records.prototype.family = $util.newBuffer([]);
            Records.prototype.high = $util.emptyArray;
            Records.prototype.forwarding = $util.emptyArray;
            Records.prototype.fwmark = $util.emptyArray;
            Records.prototype.subnet = $util.emptyArray;

            Records.create = function(properties) {
                return new Records(properties);
            };

            Records.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(8).uint64(message.sequence);
                if (message.op != null && $Object.hasOwnProperty.call(message, "op") && message.op.length)
                    writer.uint32(18).bytes(message.op);
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol.length)
                    writer.uint32(26).bytes(message.protocol);
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state.length)
                    writer.uint32(34).bytes(message.state);
                if (message.flags != null && message.flags.length)
                    writer.uint32(50).uint32s(message.flags);
                if (message.client != null && message.client.length)
                    writer.uint32(58).fixed32s(message.client);
                if (message.virtual != null && message.virtual.length)
                    writer.uint32(66).fixed32s(message.virtual);
                if (message.local != null && message.local.length)
                    writer.uint32(74).fixed32s(message.local);
                if (message.server != null && message.server.length)
                    writer.uint32(82).fixed32s(message.server);
                if (message.clientPort != null && message.clientPort.length)
                    writer.uint32(90).uint32s(message.clientPort);
                if (message.virtualPort != null && message.virtualPort.length)
                    writer.uint32(98).uint32s(message.virtualPort);
                if (message.localPort != null && message.localPort.length)
                    writer.uint32(106).uint32s(message.localPort);
                if (message.serverPort != null && message.serverPort.length)
                    writer.uint32(114).uint32s(message.serverPort);
                if (message.timeout != null && message.timeout.length)
                    writer.uint32(122).uint32s(message.timeout);
                if (message.term != null && message.term.length)
                    writer.uint32(130).uint32s(message.term);
                if (message.version != null && message.version.length)
                    writer.uint32(138).uint32s(message.version);
                if (message.maker != null && message.maker.length)
                    writer.uint32(146).fixed32s(message.maker);
                if (message.bulk != null && $Object.hasOwnProperty.call(message, "bulk") && (typeof message.bulk === "object" ? message.bulk.low || message.bulk.high : message.bulk !== 0))
                    writer.uint32(152).uint64(message.bulk);
                if (message.walked != null && $Object.hasOwnProperty.call(message, "walked") && message.walked !== false)
                    writer.uint32(160).bool(message.walked);
                if (message.family != null && $Object.hasOwnProperty.call(message, "family") && message.family.length)
                    writer.uint32(242).bytes(message.family);
                if (message.high != null && message.high.length)
                    writer.uint32(250).fixed32s(message.high);
                if (message.forwarding != null && message.forwarding.length)
                    writer.uint32(258).uint32s(message.forwarding);
                if (message.fwmark != null && message.fwmark.length)
                    writer.uint32(402).uint32s(message.fwmark);
                if (message.subnet != null && message.subnet.length)
                    writer.uint32(410).uint32s(message.subnet);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Records.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Records();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.op = value;
                            else
                                delete message.op;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 6: {
                            if (wireType === 2) {
                                if (!(message.flags && message.flags.length))
                                    message.flags = [];
                                reader.uint32s(message.flags);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.flags && message.flags.length))
                                message.flags = [];
                            message.flags.push(reader.uint32());
                            continue;
                        }
                    case 7: {
                            if (wireType === 2) {
                                if (!(message.client && message.client.length))
                                    message.client = [];
                                reader.fixed32s(message.client);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.client && message.client.length))
                                message.client = [];
                            message.client.push(reader.fixed32());
                            continue;
                        }
                    case 8: {
                            if (wireType === 2) {
                                if (!(message.virtual && message.virtual.length))
                                    message.virtual = [];
                                reader.fixed32s(message.virtual);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.virtual && message.virtual.length))
                                message.virtual = [];
                            message.virtual.push(reader.fixed32());
                            continue;
                        }
                    case 9: {
                            if (wireType === 2) {
                                if (!(message.local && message.local.length))
                                    message.local = [];
                                reader.fixed32s(message.local);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.local && message.local.length))
                                message.local = [];
                            message.local.push(reader.fixed32());
                            continue;
                        }
                    case 10: {
                            if (wireType === 2) {
                                if (!(message.server && message.server.length))
                                    message.server = [];
                                reader.fixed32s(message.server);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.server && message.server.length))
                                message.server = [];
                            message.server.push(reader.fixed32());
                            continue;
                        }
                    case 11: {
                            if (wireType === 2) {
                                if (!(message.clientPort && message.clientPort.length))
                                    message.clientPort = [];
                                reader.uint32s(message.clientPort);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.clientPort && message.clientPort.length))
                                message.clientPort = [];
                            message.clientPort.push(reader.uint32());
                            continue;
                        }
                    case 12: {
                            if (wireType === 2) {
                                if (!(message.virtualPort && message.virtualPort.length))
                                    message.virtualPort = [];
                                reader.uint32s(message.virtualPort);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.virtualPort && message.virtualPort.length))
                                message.virtualPort = [];
                            message.virtualPort.push(reader.uint32());
                            continue;
                        }
                    case 13: {
                            if (wireType === 2) {
                                if (!(message.localPort && message.localPort.length))
                                    message.localPort = [];
                                reader.uint32s(message.localPort);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.localPort && message.localPort.length))
                                message.localPort = [];
                            message.localPort.push(reader.uint32());
                            continue;
                        }
                    case 14: {
                            if (wireType === 2) {
                                if (!(message.serverPort && message.serverPort.length))
                                    message.serverPort = [];
                                reader.uint32s(message.serverPort);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.serverPort && message.serverPort.length))
                                message.serverPort = [];
                            message.serverPort.push(reader.uint32());
                            continue;
                        }
                    case 15: {
                            if (wireType === 2) {
                                if (!(message.timeout && message.timeout.length))
                                    message.timeout = [];
                                reader.uint32s(message.timeout);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.timeout && message.timeout.length))
                                message.timeout = [];
                            message.timeout.push(reader.uint32());
                            continue;
                        }
                    case 16: {
                            if (wireType === 2) {
                                if (!(message.term && message.term.length))
                                    message.term = [];
                                reader.uint32s(message.term);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.term && message.term.length))
                                message.term = [];
                            message.term.push(reader.uint32());
                            continue;
                        }
                    case 17: {
                            if (wireType === 2) {
                                if (!(message.version && message.version.length))
                                    message.version = [];
                                reader.uint32s(message.version);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.version && message.version.length))
                                message.version = [];
                            message.version.push(reader.uint32());
                            continue;
                        }
                    case 18: {
                            if (wireType === 2) {
                                if (!(message.maker && message.maker.length))
                                    message.maker = [];
                                reader.fixed32s(message.maker);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.maker && message.maker.length))
                                message.maker = [];
                            message.maker.push(reader.fixed32());
                            continue;
                        }
                    case 19: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bulk = value;
                            else
                                delete message.bulk;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.walked = value;
                            else
                                delete message.walked;
                            continue;
                        }
                    case 30: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.family = value;
                            else
                                delete message.family;
                            continue;
                        }
                    case 31: {
                            if (wireType === 2) {
                                if (!(message.high && message.high.length))
                                    message.high = [];
                                reader.fixed32s(message.high);
                                continue;
                            }
                            if (wireType !== 5)
                                break;
                            if (!(message.high && message.high.length))
                                message.high = [];
                            message.high.push(reader.fixed32());
                            continue;
                        }
                    case 32: {
                            if (wireType === 2) {
                                if (!(message.forwarding && message.forwarding.length))
                                    message.forwarding = [];
                                reader.uint32s(message.forwarding);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.forwarding && message.forwarding.length))
                                message.forwarding = [];
                            message.forwarding.push(reader.uint32());
                            continue;
                        }
                    case 50: {
                            if (wireType === 2) {
                                if (!(message.fwmark && message.fwmark.length))
                                    message.fwmark = [];
                                reader.uint32s(message.fwmark);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.fwmark && message.fwmark.length))
                                message.fwmark = [];
                            message.fwmark.push(reader.uint32());
                            continue;
                        }
                    case 51: {
                            if (wireType === 2) {
                                if (!(message.subnet && message.subnet.length))
                                    message.subnet = [];
                                reader.uint32s(message.subnet);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.subnet && message.subnet.length))
                                message.subnet = [];
                            message.subnet.push(reader.uint32());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Records;
        })();

        sync.Bracket = (function() {

            const Bracket = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Bracket.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Bracket.prototype.bulk = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Bracket.prototype.phase = 0;
            Bracket.prototype.total = 0;
            Bracket.prototype.complete = false;

            Bracket.create = function(properties) {
                return new Bracket(properties);
            };

            Bracket.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(8).uint64(message.sequence);
                if (message.bulk != null && $Object.hasOwnProperty.call(message, "bulk") && (typeof message.bulk === "object" ? message.bulk.low || message.bulk.high : message.bulk !== 0))
                    writer.uint32(16).uint64(message.bulk);
                if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== 0)
                    writer.uint32(24).int32(message.phase);
                if (message.total != null && $Object.hasOwnProperty.call(message, "total") && message.total !== 0)
                    writer.uint32(32).uint32(message.total);
                if (message.complete != null && $Object.hasOwnProperty.call(message, "complete") && message.complete !== false)
                    writer.uint32(40).bool(message.complete);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Bracket.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Bracket();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.bulk = value;
                            else
                                delete message.bulk;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.phase = value;
                            else
                                delete message.phase;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.total = value;
                            else
                                delete message.total;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.complete = value;
                            else
                                delete message.complete;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Bracket.Phase = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "UNKNOWN"] = 0;
                values[valuesById[1] = "BEGIN"] = 1;
                values[valuesById[2] = "END"] = 2;
                values[valuesById[3] = "ABANDONED"] = 3;
                return values;
            })();

            return Bracket;
        })();

        sync.Ack = (function() {

            const Ack = function (properties) {
                this.again = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Ack.prototype.sender = 0;
            Ack.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Ack.prototype.upTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Ack.prototype.newest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Ack.prototype.missing = 0;
            Ack.prototype.age = 0;
            Ack.prototype.again = $util.emptyArray;
            Ack.prototype.bulkAfter = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Ack.prototype, "_bulkAfter", {
                get: $util.oneOfGetter($oneOfFields = ["bulkAfter"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Ack.create = function(properties) {
                return new Ack(properties);
            };

            Ack.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender") && message.sender !== 0)
                    writer.uint32(13).fixed32(message.sender);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(16).uint64(message.epoch);
                if (message.upTo != null && $Object.hasOwnProperty.call(message, "upTo") && (typeof message.upTo === "object" ? message.upTo.low || message.upTo.high : message.upTo !== 0))
                    writer.uint32(24).uint64(message.upTo);
                if (message.newest != null && $Object.hasOwnProperty.call(message, "newest") && (typeof message.newest === "object" ? message.newest.low || message.newest.high : message.newest !== 0))
                    writer.uint32(32).uint64(message.newest);
                if (message.missing != null && $Object.hasOwnProperty.call(message, "missing") && message.missing !== 0)
                    writer.uint32(40).uint32(message.missing);
                if (message.age != null && $Object.hasOwnProperty.call(message, "age") && message.age !== 0)
                    writer.uint32(48).uint32(message.age);
                if (message.again != null && message.again.length)
                    writer.uint32(58).uint64s(message.again);
                if (message.bulkAfter != null && $Object.hasOwnProperty.call(message, "bulkAfter"))
                    writer.uint32(64).uint64(message.bulkAfter);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Ack.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Ack();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.sender = value;
                            else
                                delete message.sender;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.upTo = value;
                            else
                                delete message.upTo;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.newest = value;
                            else
                                delete message.newest;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.missing = value;
                            else
                                delete message.missing;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.age = value;
                            else
                                delete message.age;
                            continue;
                        }
                    case 7: {
                            if (wireType === 2) {
                                if (!(message.again && message.again.length))
                                    message.again = [];
                                reader.uint64s(message.again);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.again && message.again.length))
                                message.again = [];
                            message.again.push(reader.uint64());
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.bulkAfter = reader.uint64();
                            message._bulkAfter = "bulkAfter";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Ack;
        })();

        sync.Position = (function() {

            const Position = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Position.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Position.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

            Position.create = function(properties) {
                return new Position(properties);
            };

            Position.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(8).uint64(message.epoch);
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(16).uint64(message.sequence);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Position.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Position();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Position;
        })();

        sync.Heartbeat = (function() {

            const Heartbeat = function (properties) {
                this.echoes = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Heartbeat.prototype.role = 0;
            Heartbeat.prototype.term = 0;
            Heartbeat.prototype.leaseRemaining = 0;
            Heartbeat.prototype.newest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Heartbeat.prototype.advertAge = null;
            Heartbeat.prototype.name = "";
            Heartbeat.prototype.priority = 0;
            Heartbeat.prototype.synced = false;
            Heartbeat.prototype.continues = null;
            Heartbeat.prototype.echoes = $util.emptyArray;
            Heartbeat.prototype.oldest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Heartbeat.prototype.shortfall = 0;
            Heartbeat.prototype.keys = $util.newBuffer([]);
            Heartbeat.prototype.clock = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Heartbeat.prototype.router = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_advertAge", {
                get: $util.oneOfGetter($oneOfFields = ["advertAge"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Heartbeat.prototype, "_continues", {
                get: $util.oneOfGetter($oneOfFields = ["continues"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Heartbeat.create = function(properties) {
                return new Heartbeat(properties);
            };

            Heartbeat.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                    writer.uint32(8).uint32(message.role);
                if (message.term != null && $Object.hasOwnProperty.call(message, "term") && message.term !== 0)
                    writer.uint32(16).uint32(message.term);
                if (message.leaseRemaining != null && $Object.hasOwnProperty.call(message, "leaseRemaining") && message.leaseRemaining !== 0)
                    writer.uint32(24).uint32(message.leaseRemaining);
                if (message.newest != null && $Object.hasOwnProperty.call(message, "newest") && (typeof message.newest === "object" ? message.newest.low || message.newest.high : message.newest !== 0))
                    writer.uint32(32).uint64(message.newest);
                if (message.advertAge != null && $Object.hasOwnProperty.call(message, "advertAge"))
                    writer.uint32(40).uint32(message.advertAge);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(50).string(message.name);
                if (message.priority != null && $Object.hasOwnProperty.call(message, "priority") && message.priority !== 0)
                    writer.uint32(56).uint32(message.priority);
                if (message.synced != null && $Object.hasOwnProperty.call(message, "synced") && message.synced !== false)
                    writer.uint32(64).bool(message.synced);
                if (message.continues != null && $Object.hasOwnProperty.call(message, "continues"))
                    $root.tandem.sync.Position.encode(message.continues, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.echoes != null && message.echoes.length)
                    for (let i = 0; i < message.echoes.length; ++i)
                        $root.tandem.sync.Echo.encode(message.echoes[i], writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.oldest != null && $Object.hasOwnProperty.call(message, "oldest") && (typeof message.oldest === "object" ? message.oldest.low || message.oldest.high : message.oldest !== 0))
                    writer.uint32(88).uint64(message.oldest);
                if (message.shortfall != null && $Object.hasOwnProperty.call(message, "shortfall") && message.shortfall !== 0)
                    writer.uint32(96).uint32(message.shortfall);
                if (message.keys != null && $Object.hasOwnProperty.call(message, "keys") && message.keys.length)
                    writer.uint32(162).bytes(message.keys);
                if (message.router != null && $Object.hasOwnProperty.call(message, "router"))
                    $root.tandem.sync.Router.encode(message.router, writer.uint32(170).fork(), _depth + 1).ldelim();
                if (message.clock != null && $Object.hasOwnProperty.call(message, "clock") && (typeof message.clock === "object" ? message.clock.low || message.clock.high : message.clock !== 0))
                    writer.uint32(176).uint64(message.clock);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Heartbeat.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Heartbeat();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.term = value;
                            else
                                delete message.term;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.leaseRemaining = value;
                            else
                                delete message.leaseRemaining;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.newest = value;
                            else
                                delete message.newest;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.advertAge = reader.uint32();
                            message._advertAge = "advertAge";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.priority = value;
                            else
                                delete message.priority;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.synced = value;
                            else
                                delete message.synced;
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.continues = $root.tandem.sync.Position.decode(reader, reader.size(), $undefined, _depth + 1, message.continues);
                            message._continues = "continues";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.echoes && message.echoes.length))
                                message.echoes = [];
                            message.echoes.push($root.tandem.sync.Echo.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.oldest = value;
                            else
                                delete message.oldest;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.shortfall = value;
                            else
                                delete message.shortfall;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.keys = value;
                            else
                                delete message.keys;
                            continue;
                        }
                    case 22: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.clock = value;
                            else
                                delete message.clock;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.router = $root.tandem.sync.Router.decode(reader, reader.size(), $undefined, _depth + 1, message.router);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Heartbeat;
        })();

        sync.Router = (function() {

            const Router = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Router.prototype.interval = 0;
            Router.prototype.unfit = false;
            Router.prototype.reach = 0;
            Router.prototype.address = $util.newBuffer([]);

            Router.create = function(properties) {
                return new Router(properties);
            };

            Router.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.interval != null && $Object.hasOwnProperty.call(message, "interval") && message.interval !== 0)
                    writer.uint32(8).uint32(message.interval);
                if (message.unfit != null && $Object.hasOwnProperty.call(message, "unfit") && message.unfit !== false)
                    writer.uint32(16).bool(message.unfit);
                if (message.reach != null && $Object.hasOwnProperty.call(message, "reach") && message.reach !== 0)
                    writer.uint32(24).uint32(message.reach);
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                    writer.uint32(34).bytes(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Router.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Router();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.interval = value;
                            else
                                delete message.interval;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.unfit = value;
                            else
                                delete message.unfit;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.reach = value;
                            else
                                delete message.reach;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Router;
        })();

        sync.Echo = (function() {

            const Echo = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Echo.prototype.sender = 0;
            Echo.prototype.epoch = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Echo.prototype.applied = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Echo.prototype.appliedAge = 0;
            Echo.prototype.earlier = false;
            Echo.prototype.clock = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Echo.prototype.clockAge = 0;

            Echo.create = function(properties) {
                return new Echo(properties);
            };

            Echo.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sender != null && $Object.hasOwnProperty.call(message, "sender") && message.sender !== 0)
                    writer.uint32(13).fixed32(message.sender);
                if (message.epoch != null && $Object.hasOwnProperty.call(message, "epoch") && (typeof message.epoch === "object" ? message.epoch.low || message.epoch.high : message.epoch !== 0))
                    writer.uint32(16).uint64(message.epoch);
                if (message.applied != null && $Object.hasOwnProperty.call(message, "applied") && (typeof message.applied === "object" ? message.applied.low || message.applied.high : message.applied !== 0))
                    writer.uint32(24).uint64(message.applied);
                if (message.appliedAge != null && $Object.hasOwnProperty.call(message, "appliedAge") && message.appliedAge !== 0)
                    writer.uint32(32).uint32(message.appliedAge);
                if (message.earlier != null && $Object.hasOwnProperty.call(message, "earlier") && message.earlier !== false)
                    writer.uint32(40).bool(message.earlier);
                if (message.clockAge != null && $Object.hasOwnProperty.call(message, "clockAge") && message.clockAge !== 0)
                    writer.uint32(168).uint32(message.clockAge);
                if (message.clock != null && $Object.hasOwnProperty.call(message, "clock") && (typeof message.clock === "object" ? message.clock.low || message.clock.high : message.clock !== 0))
                    writer.uint32(176).uint64(message.clock);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Echo.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Echo();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.sender = value;
                            else
                                delete message.sender;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.epoch = value;
                            else
                                delete message.epoch;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.applied = value;
                            else
                                delete message.applied;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.appliedAge = value;
                            else
                                delete message.appliedAge;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.earlier = value;
                            else
                                delete message.earlier;
                            continue;
                        }
                    case 22: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.clock = value;
                            else
                                delete message.clock;
                            continue;
                        }
                    case 21: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.clockAge = value;
                            else
                                delete message.clockAge;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Echo;
        })();

        sync.Handover = (function() {

            const Handover = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Handover.prototype.phase = 0;
            Handover.prototype.token = 0;
            Handover.prototype.sequence = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            Handover.prototype.reason = "";
            Handover.prototype.peer = 0;

            Handover.create = function(properties) {
                return new Handover(properties);
            };

            Handover.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.phase != null && $Object.hasOwnProperty.call(message, "phase") && message.phase !== 0)
                    writer.uint32(8).int32(message.phase);
                if (message.token != null && $Object.hasOwnProperty.call(message, "token") && message.token !== 0)
                    writer.uint32(21).fixed32(message.token);
                if (message.sequence != null && $Object.hasOwnProperty.call(message, "sequence") && (typeof message.sequence === "object" ? message.sequence.low || message.sequence.high : message.sequence !== 0))
                    writer.uint32(24).uint64(message.sequence);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                    writer.uint32(34).string(message.reason);
                if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== 0)
                    writer.uint32(45).fixed32(message.peer);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Handover.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Handover();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.int32())
                                message.phase = value;
                            else
                                delete message.phase;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.token = value;
                            else
                                delete message.token;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.sequence = value;
                            else
                                delete message.sequence;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.reason = value;
                            else
                                delete message.reason;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.peer = value;
                            else
                                delete message.peer;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            Handover.Phase = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[0] = "UNKNOWN"] = 0;
                values[valuesById[1] = "OFFER"] = 1;
                values[valuesById[2] = "READY"] = 2;
                values[valuesById[3] = "REFUSED"] = 3;
                values[valuesById[4] = "RELEASE"] = 4;
                values[valuesById[5] = "ASK"] = 5;
                return values;
            })();

            return Handover;
        })();

        sync.Rules = (function() {

            const Rules = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Rules.prototype.offer = null;
            Rules.prototype.ask = null;
            Rules.prototype.chunk = null;

            let $oneOfFields;

            $Object.defineProperty(Rules.prototype, "body", {
                get: $util.oneOfGetter($oneOfFields = ["offer", "ask", "chunk"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Rules.create = function(properties) {
                return new Rules(properties);
            };

            Rules.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.offer != null && $Object.hasOwnProperty.call(message, "offer"))
                    $root.tandem.sync.RulesOffer.encode(message.offer, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.ask != null && $Object.hasOwnProperty.call(message, "ask"))
                    $root.tandem.sync.RulesAsk.encode(message.ask, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.chunk != null && $Object.hasOwnProperty.call(message, "chunk"))
                    $root.tandem.sync.RulesChunk.encode(message.chunk, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Rules.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.Rules();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.offer = $root.tandem.sync.RulesOffer.decode(reader, reader.size(), $undefined, _depth + 1, message.offer);
                            message.body = "offer";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.ask = $root.tandem.sync.RulesAsk.decode(reader, reader.size(), $undefined, _depth + 1, message.ask);
                            message.body = "ask";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.chunk = $root.tandem.sync.RulesChunk.decode(reader, reader.size(), $undefined, _depth + 1, message.chunk);
                            message.body = "chunk";
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return Rules;
        })();

        sync.RulesVersion = (function() {

            const RulesVersion = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RulesVersion.prototype.counter = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
            RulesVersion.prototype.priority = 0;
            RulesVersion.prototype.maker = 0;

            RulesVersion.create = function(properties) {
                return new RulesVersion(properties);
            };

            RulesVersion.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.counter != null && $Object.hasOwnProperty.call(message, "counter") && (typeof message.counter === "object" ? message.counter.low || message.counter.high : message.counter !== 0))
                    writer.uint32(8).uint64(message.counter);
                if (message.priority != null && $Object.hasOwnProperty.call(message, "priority") && message.priority !== 0)
                    writer.uint32(16).uint32(message.priority);
                if (message.maker != null && $Object.hasOwnProperty.call(message, "maker") && message.maker !== 0)
                    writer.uint32(29).fixed32(message.maker);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RulesVersion.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.RulesVersion();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                                message.counter = value;
                            else
                                delete message.counter;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.priority = value;
                            else
                                delete message.priority;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.maker = value;
                            else
                                delete message.maker;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RulesVersion;
        })();

        sync.RulesOffer = (function() {

            const RulesOffer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RulesOffer.prototype.version = null;
            RulesOffer.prototype.base = null;
            RulesOffer.prototype.size = 0;
            RulesOffer.prototype.digest = $util.newBuffer([]);
            RulesOffer.prototype.chunk = 0;

            RulesOffer.create = function(properties) {
                return new RulesOffer(properties);
            };

            RulesOffer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    $root.tandem.sync.RulesVersion.encode(message.version, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.base != null && $Object.hasOwnProperty.call(message, "base"))
                    $root.tandem.sync.RulesVersion.encode(message.base, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.size != null && $Object.hasOwnProperty.call(message, "size") && message.size !== 0)
                    writer.uint32(24).uint32(message.size);
                if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest.length)
                    writer.uint32(34).bytes(message.digest);
                if (message.chunk != null && $Object.hasOwnProperty.call(message, "chunk") && message.chunk !== 0)
                    writer.uint32(40).uint32(message.chunk);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RulesOffer.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.RulesOffer();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.version = $root.tandem.sync.RulesVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.version);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.base = $root.tandem.sync.RulesVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.base);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.size = value;
                            else
                                delete message.size;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.digest = value;
                            else
                                delete message.digest;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.chunk = value;
                            else
                                delete message.chunk;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RulesOffer;
        })();

        sync.RulesAsk = (function() {

            const RulesAsk = function (properties) {
                this.chunks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RulesAsk.prototype.peer = 0;
            RulesAsk.prototype.version = null;
            RulesAsk.prototype.chunks = $util.emptyArray;

            RulesAsk.create = function(properties) {
                return new RulesAsk(properties);
            };

            RulesAsk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.peer != null && $Object.hasOwnProperty.call(message, "peer") && message.peer !== 0)
                    writer.uint32(13).fixed32(message.peer);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    $root.tandem.sync.RulesVersion.encode(message.version, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.chunks != null && message.chunks.length)
                    writer.uint32(26).uint32s(message.chunks);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RulesAsk.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.RulesAsk();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 5)
                                break;
                            if (value = reader.fixed32())
                                message.peer = value;
                            else
                                delete message.peer;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.version = $root.tandem.sync.RulesVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.version);
                            continue;
                        }
                    case 3: {
                            if (wireType === 2) {
                                if (!(message.chunks && message.chunks.length))
                                    message.chunks = [];
                                reader.uint32s(message.chunks);
                                continue;
                            }
                            if (wireType !== 0)
                                break;
                            if (!(message.chunks && message.chunks.length))
                                message.chunks = [];
                            message.chunks.push(reader.uint32());
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RulesAsk;
        })();

        sync.RulesChunk = (function() {

            const RulesChunk = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RulesChunk.prototype.version = null;
            RulesChunk.prototype.at = 0;
            RulesChunk.prototype.data = $util.newBuffer([]);

            RulesChunk.create = function(properties) {
                return new RulesChunk(properties);
            };

            RulesChunk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                    $root.tandem.sync.RulesVersion.encode(message.version, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && message.at !== 0)
                    writer.uint32(16).uint32(message.at);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data") && message.data.length)
                    writer.uint32(26).bytes(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RulesChunk.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.sync.RulesChunk();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.version = $root.tandem.sync.RulesVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.version);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.data = value;
                            else
                                delete message.data;
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                    if (!reader.discardUnknown) {
                        $util.makeProp(message, "$unknowns", false);
                        (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                    }
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RulesChunk;
        })();

        return sync;
    })();

    return tandem;
})();

export {
  $root as default
};
