/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["tandem-control"] || ($protobuf.roots["tandem-control"] = {});

export const tandem = $root.tandem = (() => {

    const tandem = {};

    tandem.control = (function() {

        const control = {};

        control.Empty = (function() {

            const Empty = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Empty.create = function(properties) {
                return new Empty(properties);
            };

            Empty.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Empty.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Empty();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    reader.skipType(tag & 7, _depth, tag);
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

            return Empty;
        })();

        control.Request = (function() {

            const Request = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Request.prototype.id = 0;
            Request.prototype.edit = null;
            Request.prototype.list = null;
            Request.prototype.zero = null;
            Request.prototype.connections = null;
            Request.prototype.status = null;
            Request.prototype.syncDaemons = null;
            Request.prototype.startSync = null;
            Request.prototype.stopSync = null;
            Request.prototype.handover = null;
            Request.prototype.more = null;
            Request.prototype.cancel = null;
            Request.prototype.rates = null;
            Request.prototype.rekey = null;
            Request.prototype.upgrade = null;

            let $oneOfFields;

            $Object.defineProperty(Request.prototype, "call", {
                get: $util.oneOfGetter($oneOfFields = ["edit", "list", "zero", "connections", "status", "syncDaemons", "startSync", "stopSync", "handover", "more", "cancel", "rates", "rekey", "upgrade"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Request.create = function(properties) {
                return new Request(properties);
            };

            Request.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(8).uint32(message.id);
                if (message.edit != null && $Object.hasOwnProperty.call(message, "edit"))
                    $root.tandem.control.EditList.encode(message.edit, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.list != null && $Object.hasOwnProperty.call(message, "list"))
                    $root.tandem.control.Empty.encode(message.list, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.zero != null && $Object.hasOwnProperty.call(message, "zero"))
                    $root.tandem.control.Zero.encode(message.zero, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.connections != null && $Object.hasOwnProperty.call(message, "connections"))
                    writer.uint32(40).uint32(message.connections);
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.tandem.control.Empty.encode(message.status, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.syncDaemons != null && $Object.hasOwnProperty.call(message, "syncDaemons"))
                    $root.tandem.control.Empty.encode(message.syncDaemons, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.startSync != null && $Object.hasOwnProperty.call(message, "startSync"))
                    $root.tandem.control.SyncDaemon.encode(message.startSync, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.stopSync != null && $Object.hasOwnProperty.call(message, "stopSync"))
                    $root.tandem.control.SyncDirection.encode(message.stopSync, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.handover != null && $Object.hasOwnProperty.call(message, "handover"))
                    $root.tandem.control.Empty.encode(message.handover, writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.more != null && $Object.hasOwnProperty.call(message, "more"))
                    writer.uint32(88).uint32(message.more);
                if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel"))
                    $root.tandem.control.Empty.encode(message.cancel, writer.uint32(98).fork(), _depth + 1).ldelim();
                if (message.rates != null && $Object.hasOwnProperty.call(message, "rates"))
                    $root.tandem.control.Empty.encode(message.rates, writer.uint32(106).fork(), _depth + 1).ldelim();
                if (message.rekey != null && $Object.hasOwnProperty.call(message, "rekey"))
                    $root.tandem.control.Empty.encode(message.rekey, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.upgrade != null && $Object.hasOwnProperty.call(message, "upgrade"))
                    $root.tandem.control.Empty.encode(message.upgrade, writer.uint32(170).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Request.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Request();
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
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.edit = $root.tandem.control.EditList.decode(reader, reader.size(), $undefined, _depth + 1, message.edit);
                            message.call = "edit";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.list = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.list);
                            message.call = "list";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.zero = $root.tandem.control.Zero.decode(reader, reader.size(), $undefined, _depth + 1, message.zero);
                            message.call = "zero";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.connections = reader.uint32();
                            message.call = "connections";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            message.call = "status";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.syncDaemons = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.syncDaemons);
                            message.call = "syncDaemons";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.startSync = $root.tandem.control.SyncDaemon.decode(reader, reader.size(), $undefined, _depth + 1, message.startSync);
                            message.call = "startSync";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.stopSync = $root.tandem.control.SyncDirection.decode(reader, reader.size(), $undefined, _depth + 1, message.stopSync);
                            message.call = "stopSync";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.handover = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.handover);
                            message.call = "handover";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.more = reader.uint32();
                            message.call = "more";
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.cancel = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.cancel);
                            message.call = "cancel";
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.rates = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.rates);
                            message.call = "rates";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.rekey = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.rekey);
                            message.call = "rekey";
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.upgrade = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.upgrade);
                            message.call = "upgrade";
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

            return Request;
        })();

        control.Reply = (function() {

            const Reply = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Reply.prototype.id = 0;
            Reply.prototype.failure = null;
            Reply.prototype.done = null;
            Reply.prototype.listing = null;
            Reply.prototype.connections = null;
            Reply.prototype.status = null;
            Reply.prototype.syncDaemons = null;
            Reply.prototype.handover = null;
            Reply.prototype.edited = null;
            Reply.prototype.keys = null;

            let $oneOfFields;

            $Object.defineProperty(Reply.prototype, "result", {
                get: $util.oneOfGetter($oneOfFields = ["failure", "done", "listing", "connections", "status", "syncDaemons", "handover", "edited", "keys"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Reply.create = function(properties) {
                return new Reply(properties);
            };

            Reply.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id") && message.id !== 0)
                    writer.uint32(8).uint32(message.id);
                if (message.failure != null && $Object.hasOwnProperty.call(message, "failure"))
                    $root.tandem.control.Failure.encode(message.failure, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.done != null && $Object.hasOwnProperty.call(message, "done"))
                    $root.tandem.control.Empty.encode(message.done, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.listing != null && $Object.hasOwnProperty.call(message, "listing"))
                    $root.tandem.control.Listing.encode(message.listing, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.connections != null && $Object.hasOwnProperty.call(message, "connections"))
                    $root.tandem.control.ConnectionChunk.encode(message.connections, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    $root.tandem.control.Status.encode(message.status, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.syncDaemons != null && $Object.hasOwnProperty.call(message, "syncDaemons"))
                    $root.tandem.control.SyncDaemons.encode(message.syncDaemons, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.handover != null && $Object.hasOwnProperty.call(message, "handover"))
                    $root.tandem.control.Handover.encode(message.handover, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.edited != null && $Object.hasOwnProperty.call(message, "edited"))
                    $root.tandem.control.Edited.encode(message.edited, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                    $root.tandem.control.SyncKeys.encode(message.keys, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Reply.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Reply();
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
                                message.id = value;
                            else
                                delete message.id;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.failure = $root.tandem.control.Failure.decode(reader, reader.size(), $undefined, _depth + 1, message.failure);
                            message.result = "failure";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.done = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.done);
                            message.result = "done";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.listing = $root.tandem.control.Listing.decode(reader, reader.size(), $undefined, _depth + 1, message.listing);
                            message.result = "listing";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.connections = $root.tandem.control.ConnectionChunk.decode(reader, reader.size(), $undefined, _depth + 1, message.connections);
                            message.result = "connections";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.status = $root.tandem.control.Status.decode(reader, reader.size(), $undefined, _depth + 1, message.status);
                            message.result = "status";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.syncDaemons = $root.tandem.control.SyncDaemons.decode(reader, reader.size(), $undefined, _depth + 1, message.syncDaemons);
                            message.result = "syncDaemons";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.handover = $root.tandem.control.Handover.decode(reader, reader.size(), $undefined, _depth + 1, message.handover);
                            message.result = "handover";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.edited = $root.tandem.control.Edited.decode(reader, reader.size(), $undefined, _depth + 1, message.edited);
                            message.result = "edited";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.keys = $root.tandem.control.SyncKeys.decode(reader, reader.size(), $undefined, _depth + 1, message.keys);
                            message.result = "keys";
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

            return Reply;
        })();

        control.FailureKind = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "FAILURE_INTERNAL"] = 0;
            values[valuesById[1] = "FAILURE_MODEL"] = 1;
            values[valuesById[2] = "FAILURE_DIRECTOR"] = 2;
            return values;
        })();

        control.Failure = (function() {

            const Failure = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Failure.prototype.kind = 0;
            Failure.prototype.code = "";
            Failure.prototype.message = "";

            Failure.create = function(properties) {
                return new Failure(properties);
            };

            Failure.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== 0)
                    writer.uint32(8).int32(message.kind);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code") && message.code !== "")
                    writer.uint32(18).string(message.code);
                if (message.message != null && $Object.hasOwnProperty.call(message, "message") && message.message !== "")
                    writer.uint32(26).string(message.message);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Failure.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Failure();
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
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.code = value;
                            else
                                delete message.code;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.message = value;
                            else
                                delete message.message;
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

            return Failure;
        })();

        control.Endpoint = (function() {

            const Endpoint = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Endpoint.prototype.address = $util.newBuffer([]);
            Endpoint.prototype.port = 0;

            Endpoint.create = function(properties) {
                return new Endpoint(properties);
            };

            Endpoint.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                    writer.uint32(10).bytes(message.address);
                if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                    writer.uint32(16).uint32(message.port);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Endpoint.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Endpoint();
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
                            if ((value = reader.bytes()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.port = value;
                            else
                                delete message.port;
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

            return Endpoint;
        })();

        control.AddressService = (function() {

            const AddressService = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            AddressService.prototype.protocol = 0;
            AddressService.prototype.endpoint = null;
            AddressService.prototype.subnetId = 0;

            AddressService.create = function(properties) {
                return new AddressService(properties);
            };

            AddressService.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== 0)
                    writer.uint32(8).uint32(message.protocol);
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    $root.tandem.control.Endpoint.encode(message.endpoint, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.subnetId != null && $Object.hasOwnProperty.call(message, "subnetId") && message.subnetId !== 0)
                    writer.uint32(24).uint32(message.subnetId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AddressService.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.AddressService();
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
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.endpoint = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.endpoint);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.subnetId = value;
                            else
                                delete message.subnetId;
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

            return AddressService;
        })();

        control.FwmarkService = (function() {

            const FwmarkService = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            FwmarkService.prototype.fwmark = 0;
            FwmarkService.prototype.family = 0;

            FwmarkService.create = function(properties) {
                return new FwmarkService(properties);
            };

            FwmarkService.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.fwmark != null && $Object.hasOwnProperty.call(message, "fwmark") && message.fwmark !== 0)
                    writer.uint32(8).uint32(message.fwmark);
                if (message.family != null && $Object.hasOwnProperty.call(message, "family") && message.family !== 0)
                    writer.uint32(16).uint32(message.family);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            FwmarkService.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.FwmarkService();
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
                                message.fwmark = value;
                            else
                                delete message.fwmark;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.family = value;
                            else
                                delete message.family;
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

            return FwmarkService;
        })();

        control.RawService = (function() {

            const RawService = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RawService.prototype.endpoint = null;
            RawService.prototype.subnetId = 0;

            RawService.create = function(properties) {
                return new RawService(properties);
            };

            RawService.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    $root.tandem.control.Endpoint.encode(message.endpoint, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.subnetId != null && $Object.hasOwnProperty.call(message, "subnetId") && message.subnetId !== 0)
                    writer.uint32(16).uint32(message.subnetId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RawService.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.RawService();
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
                            message.endpoint = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.endpoint);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.subnetId = value;
                            else
                                delete message.subnetId;
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

            return RawService;
        })();

        control.ServiceId = (function() {

            const ServiceId = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceId.prototype.address = null;
            ServiceId.prototype.fwmark = null;
            ServiceId.prototype.raw = null;

            let $oneOfFields;

            $Object.defineProperty(ServiceId.prototype, "kind", {
                get: $util.oneOfGetter($oneOfFields = ["address", "fwmark", "raw"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ServiceId.create = function(properties) {
                return new ServiceId(properties);
            };

            ServiceId.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.address != null && $Object.hasOwnProperty.call(message, "address"))
                    $root.tandem.control.AddressService.encode(message.address, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.fwmark != null && $Object.hasOwnProperty.call(message, "fwmark"))
                    $root.tandem.control.FwmarkService.encode(message.fwmark, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.raw != null && $Object.hasOwnProperty.call(message, "raw"))
                    $root.tandem.control.RawService.encode(message.raw, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceId.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServiceId();
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
                            message.address = $root.tandem.control.AddressService.decode(reader, reader.size(), $undefined, _depth + 1, message.address);
                            message.kind = "address";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.fwmark = $root.tandem.control.FwmarkService.decode(reader, reader.size(), $undefined, _depth + 1, message.fwmark);
                            message.kind = "fwmark";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.raw = $root.tandem.control.RawService.decode(reader, reader.size(), $undefined, _depth + 1, message.raw);
                            message.kind = "raw";
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

            return ServiceId;
        })();

        control.Persistence = (function() {

            const Persistence = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Persistence.prototype.timeout = 0;
            Persistence.prototype.prefix = 0;
            Persistence.prototype.mask = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Persistence.prototype, "_mask", {
                get: $util.oneOfGetter($oneOfFields = ["mask"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Persistence.create = function(properties) {
                return new Persistence(properties);
            };

            Persistence.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.timeout != null && $Object.hasOwnProperty.call(message, "timeout") && message.timeout !== 0)
                    writer.uint32(8).uint32(message.timeout);
                if (message.prefix != null && $Object.hasOwnProperty.call(message, "prefix") && message.prefix !== 0)
                    writer.uint32(16).uint32(message.prefix);
                if (message.mask != null && $Object.hasOwnProperty.call(message, "mask"))
                    writer.uint32(26).bytes(message.mask);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Persistence.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Persistence();
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
                                message.timeout = value;
                            else
                                delete message.timeout;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.prefix = value;
                            else
                                delete message.prefix;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.mask = reader.bytes();
                            message._mask = "mask";
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

            return Persistence;
        })();

        control.ServiceSettings = (function() {

            const ServiceSettings = function (properties) {
                this.schedulerFlags = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceSettings.prototype.scheduler = "";
            ServiceSettings.prototype.schedulerFlags = $util.emptyArray;
            ServiceSettings.prototype.onePacket = false;
            ServiceSettings.prototype.persistence = null;
            ServiceSettings.prototype.establishedTimeout = null;
            ServiceSettings.prototype.drainingTimeout = null;
            ServiceSettings.prototype.engine = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ServiceSettings.prototype, "_establishedTimeout", {
                get: $util.oneOfGetter($oneOfFields = ["establishedTimeout"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ServiceSettings.prototype, "_drainingTimeout", {
                get: $util.oneOfGetter($oneOfFields = ["drainingTimeout"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ServiceSettings.prototype, "_engine", {
                get: $util.oneOfGetter($oneOfFields = ["engine"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ServiceSettings.create = function(properties) {
                return new ServiceSettings(properties);
            };

            ServiceSettings.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.scheduler != null && $Object.hasOwnProperty.call(message, "scheduler") && message.scheduler !== "")
                    writer.uint32(10).string(message.scheduler);
                if (message.schedulerFlags != null && message.schedulerFlags.length)
                    for (let i = 0; i < message.schedulerFlags.length; ++i)
                        writer.uint32(18).string(message.schedulerFlags[i]);
                if (message.onePacket != null && $Object.hasOwnProperty.call(message, "onePacket") && message.onePacket !== false)
                    writer.uint32(24).bool(message.onePacket);
                if (message.persistence != null && $Object.hasOwnProperty.call(message, "persistence"))
                    $root.tandem.control.Persistence.encode(message.persistence, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.establishedTimeout != null && $Object.hasOwnProperty.call(message, "establishedTimeout"))
                    writer.uint32(40).uint32(message.establishedTimeout);
                if (message.drainingTimeout != null && $Object.hasOwnProperty.call(message, "drainingTimeout"))
                    writer.uint32(48).uint32(message.drainingTimeout);
                if (message.engine != null && $Object.hasOwnProperty.call(message, "engine"))
                    writer.uint32(58).string(message.engine);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceSettings.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServiceSettings();
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
                            if ((value = reader.stringVerify()).length)
                                message.scheduler = value;
                            else
                                delete message.scheduler;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.schedulerFlags && message.schedulerFlags.length))
                                message.schedulerFlags = [];
                            message.schedulerFlags.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.onePacket = value;
                            else
                                delete message.onePacket;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.persistence = $root.tandem.control.Persistence.decode(reader, reader.size(), $undefined, _depth + 1, message.persistence);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.establishedTimeout = reader.uint32();
                            message._establishedTimeout = "establishedTimeout";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.drainingTimeout = reader.uint32();
                            message._drainingTimeout = "drainingTimeout";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.engine = reader.stringVerify();
                            message._engine = "engine";
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

            return ServiceSettings;
        })();

        control.Tunnel = (function() {

            const Tunnel = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Tunnel.prototype.type = "";
            Tunnel.prototype.port = 0;
            Tunnel.prototype.checksum = "";

            Tunnel.create = function(properties) {
                return new Tunnel(properties);
            };

            Tunnel.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.type != null && $Object.hasOwnProperty.call(message, "type") && message.type !== "")
                    writer.uint32(10).string(message.type);
                if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                    writer.uint32(16).uint32(message.port);
                if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum") && message.checksum !== "")
                    writer.uint32(26).string(message.checksum);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Tunnel.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Tunnel();
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
                            if ((value = reader.stringVerify()).length)
                                message.type = value;
                            else
                                delete message.type;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.port = value;
                            else
                                delete message.port;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.checksum = value;
                            else
                                delete message.checksum;
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

            return Tunnel;
        })();

        control.RealServer = (function() {

            const RealServer = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RealServer.prototype.endpoint = null;
            RealServer.prototype.forwarding = "";
            RealServer.prototype.weight = 0;
            RealServer.prototype.upperThreshold = 0;
            RealServer.prototype.lowerThreshold = 0;
            RealServer.prototype.tunnel = null;
            RealServer.prototype.oif = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(RealServer.prototype, "_oif", {
                get: $util.oneOfGetter($oneOfFields = ["oif"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            RealServer.create = function(properties) {
                return new RealServer(properties);
            };

            RealServer.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.endpoint != null && $Object.hasOwnProperty.call(message, "endpoint"))
                    $root.tandem.control.Endpoint.encode(message.endpoint, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.forwarding != null && $Object.hasOwnProperty.call(message, "forwarding") && message.forwarding !== "")
                    writer.uint32(18).string(message.forwarding);
                if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight !== 0)
                    writer.uint32(24).uint32(message.weight);
                if (message.upperThreshold != null && $Object.hasOwnProperty.call(message, "upperThreshold") && message.upperThreshold !== 0)
                    writer.uint32(32).uint32(message.upperThreshold);
                if (message.lowerThreshold != null && $Object.hasOwnProperty.call(message, "lowerThreshold") && message.lowerThreshold !== 0)
                    writer.uint32(40).uint32(message.lowerThreshold);
                if (message.tunnel != null && $Object.hasOwnProperty.call(message, "tunnel"))
                    $root.tandem.control.Tunnel.encode(message.tunnel, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.oif != null && $Object.hasOwnProperty.call(message, "oif"))
                    writer.uint32(58).string(message.oif);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RealServer.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.RealServer();
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
                            message.endpoint = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.endpoint);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.forwarding = value;
                            else
                                delete message.forwarding;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.weight = value;
                            else
                                delete message.weight;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.upperThreshold = value;
                            else
                                delete message.upperThreshold;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.lowerThreshold = value;
                            else
                                delete message.lowerThreshold;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.tunnel = $root.tandem.control.Tunnel.decode(reader, reader.size(), $undefined, _depth + 1, message.tunnel);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.oif = reader.stringVerify();
                            message._oif = "oif";
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

            return RealServer;
        })();

        control.LocalAddress = (function() {

            const LocalAddress = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LocalAddress.prototype.address = $util.newBuffer([]);
            LocalAddress.prototype.oif = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(LocalAddress.prototype, "_oif", {
                get: $util.oneOfGetter($oneOfFields = ["oif"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            LocalAddress.create = function(properties) {
                return new LocalAddress(properties);
            };

            LocalAddress.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                    writer.uint32(10).bytes(message.address);
                if (message.oif != null && $Object.hasOwnProperty.call(message, "oif"))
                    writer.uint32(18).string(message.oif);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LocalAddress.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.LocalAddress();
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
                            if ((value = reader.bytes()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.oif = reader.stringVerify();
                            message._oif = "oif";
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

            return LocalAddress;
        })();

        control.Timeouts = (function() {

            const Timeouts = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Timeouts.prototype.tcp = 0;
            Timeouts.prototype.tcpFin = 0;
            Timeouts.prototype.udp = 0;

            Timeouts.create = function(properties) {
                return new Timeouts(properties);
            };

            Timeouts.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.tcp != null && $Object.hasOwnProperty.call(message, "tcp") && message.tcp !== 0)
                    writer.uint32(8).uint32(message.tcp);
                if (message.tcpFin != null && $Object.hasOwnProperty.call(message, "tcpFin") && message.tcpFin !== 0)
                    writer.uint32(16).uint32(message.tcpFin);
                if (message.udp != null && $Object.hasOwnProperty.call(message, "udp") && message.udp !== 0)
                    writer.uint32(24).uint32(message.udp);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Timeouts.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Timeouts();
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
                                message.tcp = value;
                            else
                                delete message.tcp;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.tcpFin = value;
                            else
                                delete message.tcpFin;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.udp = value;
                            else
                                delete message.udp;
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

            return Timeouts;
        })();

        control.VirtualService = (function() {

            const VirtualService = function (properties) {
                this.servers = [];
                this.locals = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            VirtualService.prototype.id = null;
            VirtualService.prototype.settings = null;
            VirtualService.prototype.servers = $util.emptyArray;
            VirtualService.prototype.locals = $util.emptyArray;

            VirtualService.create = function(properties) {
                return new VirtualService(properties);
            };

            VirtualService.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.settings != null && $Object.hasOwnProperty.call(message, "settings"))
                    $root.tandem.control.ServiceSettings.encode(message.settings, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.servers != null && message.servers.length)
                    for (let i = 0; i < message.servers.length; ++i)
                        $root.tandem.control.RealServer.encode(message.servers[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.locals != null && message.locals.length)
                    for (let i = 0; i < message.locals.length; ++i)
                        $root.tandem.control.LocalAddress.encode(message.locals[i], writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            VirtualService.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.VirtualService();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.settings = $root.tandem.control.ServiceSettings.decode(reader, reader.size(), $undefined, _depth + 1, message.settings);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.servers && message.servers.length))
                                message.servers = [];
                            message.servers.push($root.tandem.control.RealServer.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.locals && message.locals.length))
                                message.locals = [];
                            message.locals.push($root.tandem.control.LocalAddress.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return VirtualService;
        })();

        control.Prefix = (function() {

            const Prefix = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Prefix.prototype.address = $util.newBuffer([]);
            Prefix.prototype.length = 0;

            Prefix.create = function(properties) {
                return new Prefix(properties);
            };

            Prefix.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                    writer.uint32(10).bytes(message.address);
                if (message.length != null && $Object.hasOwnProperty.call(message, "length") && message.length !== 0)
                    writer.uint32(16).uint32(message.length);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Prefix.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Prefix();
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
                            if ((value = reader.bytes()).length)
                                message.address = value;
                            else
                                delete message.address;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.length = value;
                            else
                                delete message.length;
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

            return Prefix;
        })();

        control.Mark = (function() {

            const Mark = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Mark.prototype.fwmark = 0;
            Mark.prototype.family = 0;
            Mark.prototype.source = null;
            Mark.prototype.destination = null;
            Mark.prototype.protocol = null;
            Mark.prototype.firstPort = 0;
            Mark.prototype.lastPort = 0;
            Mark.prototype["interface"] = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mark.prototype, "_protocol", {
                get: $util.oneOfGetter($oneOfFields = ["protocol"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(Mark.prototype, "_interface", {
                get: $util.oneOfGetter($oneOfFields = ["interface"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Mark.create = function(properties) {
                return new Mark(properties);
            };

            Mark.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.fwmark != null && $Object.hasOwnProperty.call(message, "fwmark") && message.fwmark !== 0)
                    writer.uint32(8).uint32(message.fwmark);
                if (message.family != null && $Object.hasOwnProperty.call(message, "family") && message.family !== 0)
                    writer.uint32(16).uint32(message.family);
                if (message.source != null && $Object.hasOwnProperty.call(message, "source"))
                    $root.tandem.control.Prefix.encode(message.source, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.destination != null && $Object.hasOwnProperty.call(message, "destination"))
                    $root.tandem.control.Prefix.encode(message.destination, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol"))
                    writer.uint32(40).uint32(message.protocol);
                if (message.firstPort != null && $Object.hasOwnProperty.call(message, "firstPort") && message.firstPort !== 0)
                    writer.uint32(48).uint32(message.firstPort);
                if (message.lastPort != null && $Object.hasOwnProperty.call(message, "lastPort") && message.lastPort !== 0)
                    writer.uint32(56).uint32(message.lastPort);
                if (message["interface"] != null && $Object.hasOwnProperty.call(message, "interface"))
                    writer.uint32(66).string(message["interface"]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Mark.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Mark();
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
                                message.fwmark = value;
                            else
                                delete message.fwmark;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.family = value;
                            else
                                delete message.family;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.source = $root.tandem.control.Prefix.decode(reader, reader.size(), $undefined, _depth + 1, message.source);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.destination = $root.tandem.control.Prefix.decode(reader, reader.size(), $undefined, _depth + 1, message.destination);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.protocol = reader.uint32();
                            message._protocol = "protocol";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.firstPort = value;
                            else
                                delete message.firstPort;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.lastPort = value;
                            else
                                delete message.lastPort;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message["interface"] = reader.stringVerify();
                            message._interface = "interface";
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

            return Mark;
        })();

        control.RuleSet = (function() {

            const RuleSet = function (properties) {
                this.services = [];
                this.marks = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RuleSet.prototype.services = $util.emptyArray;
            RuleSet.prototype.timeouts = null;
            RuleSet.prototype.vlanFlag = false;
            RuleSet.prototype.marks = $util.emptyArray;

            RuleSet.create = function(properties) {
                return new RuleSet(properties);
            };

            RuleSet.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.services != null && message.services.length)
                    for (let i = 0; i < message.services.length; ++i)
                        $root.tandem.control.VirtualService.encode(message.services[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.timeouts != null && $Object.hasOwnProperty.call(message, "timeouts"))
                    $root.tandem.control.Timeouts.encode(message.timeouts, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.vlanFlag != null && $Object.hasOwnProperty.call(message, "vlanFlag") && message.vlanFlag !== false)
                    writer.uint32(24).bool(message.vlanFlag);
                if (message.marks != null && message.marks.length)
                    for (let i = 0; i < message.marks.length; ++i)
                        $root.tandem.control.Mark.encode(message.marks[i], writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RuleSet.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.RuleSet();
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
                            if (!(message.services && message.services.length))
                                message.services = [];
                            message.services.push($root.tandem.control.VirtualService.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.timeouts = $root.tandem.control.Timeouts.decode(reader, reader.size(), $undefined, _depth + 1, message.timeouts);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.vlanFlag = value;
                            else
                                delete message.vlanFlag;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            if (!(message.marks && message.marks.length))
                                message.marks = [];
                            message.marks.push($root.tandem.control.Mark.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return RuleSet;
        })();

        control.SettingsEdit = (function() {

            const SettingsEdit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SettingsEdit.prototype.id = null;
            SettingsEdit.prototype.settings = null;

            SettingsEdit.create = function(properties) {
                return new SettingsEdit(properties);
            };

            SettingsEdit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.settings != null && $Object.hasOwnProperty.call(message, "settings"))
                    $root.tandem.control.ServiceSettings.encode(message.settings, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SettingsEdit.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.SettingsEdit();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.settings = $root.tandem.control.ServiceSettings.decode(reader, reader.size(), $undefined, _depth + 1, message.settings);
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

            return SettingsEdit;
        })();

        control.ServerEdit = (function() {

            const ServerEdit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServerEdit.prototype.id = null;
            ServerEdit.prototype.server = null;

            ServerEdit.create = function(properties) {
                return new ServerEdit(properties);
            };

            ServerEdit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.server != null && $Object.hasOwnProperty.call(message, "server"))
                    $root.tandem.control.RealServer.encode(message.server, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServerEdit.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServerEdit();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.server = $root.tandem.control.RealServer.decode(reader, reader.size(), $undefined, _depth + 1, message.server);
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

            return ServerEdit;
        })();

        control.ServerDelete = (function() {

            const ServerDelete = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServerDelete.prototype.id = null;
            ServerDelete.prototype.server = null;

            ServerDelete.create = function(properties) {
                return new ServerDelete(properties);
            };

            ServerDelete.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.server != null && $Object.hasOwnProperty.call(message, "server"))
                    $root.tandem.control.Endpoint.encode(message.server, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServerDelete.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServerDelete();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.server = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.server);
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

            return ServerDelete;
        })();

        control.LocalEdit = (function() {

            const LocalEdit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LocalEdit.prototype.id = null;
            LocalEdit.prototype.local = null;

            LocalEdit.create = function(properties) {
                return new LocalEdit(properties);
            };

            LocalEdit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                    $root.tandem.control.LocalAddress.encode(message.local, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LocalEdit.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.LocalEdit();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.local = $root.tandem.control.LocalAddress.decode(reader, reader.size(), $undefined, _depth + 1, message.local);
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

            return LocalEdit;
        })();

        control.LocalDelete = (function() {

            const LocalDelete = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LocalDelete.prototype.id = null;
            LocalDelete.prototype.address = $util.newBuffer([]);

            LocalDelete.create = function(properties) {
                return new LocalDelete(properties);
            };

            LocalDelete.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    $root.tandem.control.ServiceId.encode(message.id, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.address != null && $Object.hasOwnProperty.call(message, "address") && message.address.length)
                    writer.uint32(18).bytes(message.address);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LocalDelete.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.LocalDelete();
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
                            message.id = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.id);
                            continue;
                        }
                    case 2: {
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

            return LocalDelete;
        })();

        control.Edit = (function() {

            const Edit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Edit.prototype.addService = null;
            Edit.prototype.editService = null;
            Edit.prototype.deleteService = null;
            Edit.prototype.clear = null;
            Edit.prototype.addServer = null;
            Edit.prototype.editServer = null;
            Edit.prototype.deleteServer = null;
            Edit.prototype.addLocal = null;
            Edit.prototype.deleteLocal = null;
            Edit.prototype.setTimeouts = null;
            Edit.prototype.setVlanFlag = null;
            Edit.prototype.addMark = null;
            Edit.prototype.deleteMark = null;

            let $oneOfFields;

            $Object.defineProperty(Edit.prototype, "op", {
                get: $util.oneOfGetter($oneOfFields = ["addService", "editService", "deleteService", "clear", "addServer", "editServer", "deleteServer", "addLocal", "deleteLocal", "setTimeouts", "setVlanFlag", "addMark", "deleteMark"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            Edit.create = function(properties) {
                return new Edit(properties);
            };

            Edit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.addService != null && $Object.hasOwnProperty.call(message, "addService"))
                    $root.tandem.control.SettingsEdit.encode(message.addService, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.editService != null && $Object.hasOwnProperty.call(message, "editService"))
                    $root.tandem.control.SettingsEdit.encode(message.editService, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.deleteService != null && $Object.hasOwnProperty.call(message, "deleteService"))
                    $root.tandem.control.ServiceId.encode(message.deleteService, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.clear != null && $Object.hasOwnProperty.call(message, "clear"))
                    $root.tandem.control.Empty.encode(message.clear, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.addServer != null && $Object.hasOwnProperty.call(message, "addServer"))
                    $root.tandem.control.ServerEdit.encode(message.addServer, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.editServer != null && $Object.hasOwnProperty.call(message, "editServer"))
                    $root.tandem.control.ServerEdit.encode(message.editServer, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.deleteServer != null && $Object.hasOwnProperty.call(message, "deleteServer"))
                    $root.tandem.control.ServerDelete.encode(message.deleteServer, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.addLocal != null && $Object.hasOwnProperty.call(message, "addLocal"))
                    $root.tandem.control.LocalEdit.encode(message.addLocal, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.deleteLocal != null && $Object.hasOwnProperty.call(message, "deleteLocal"))
                    $root.tandem.control.LocalDelete.encode(message.deleteLocal, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.setTimeouts != null && $Object.hasOwnProperty.call(message, "setTimeouts"))
                    $root.tandem.control.Timeouts.encode(message.setTimeouts, writer.uint32(82).fork(), _depth + 1).ldelim();
                if (message.setVlanFlag != null && $Object.hasOwnProperty.call(message, "setVlanFlag"))
                    writer.uint32(88).bool(message.setVlanFlag);
                if (message.addMark != null && $Object.hasOwnProperty.call(message, "addMark"))
                    $root.tandem.control.Mark.encode(message.addMark, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.deleteMark != null && $Object.hasOwnProperty.call(message, "deleteMark"))
                    $root.tandem.control.Mark.encode(message.deleteMark, writer.uint32(170).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Edit.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Edit();
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
                            message.addService = $root.tandem.control.SettingsEdit.decode(reader, reader.size(), $undefined, _depth + 1, message.addService);
                            message.op = "addService";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.editService = $root.tandem.control.SettingsEdit.decode(reader, reader.size(), $undefined, _depth + 1, message.editService);
                            message.op = "editService";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.deleteService = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.deleteService);
                            message.op = "deleteService";
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.clear = $root.tandem.control.Empty.decode(reader, reader.size(), $undefined, _depth + 1, message.clear);
                            message.op = "clear";
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.addServer = $root.tandem.control.ServerEdit.decode(reader, reader.size(), $undefined, _depth + 1, message.addServer);
                            message.op = "addServer";
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.editServer = $root.tandem.control.ServerEdit.decode(reader, reader.size(), $undefined, _depth + 1, message.editServer);
                            message.op = "editServer";
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.deleteServer = $root.tandem.control.ServerDelete.decode(reader, reader.size(), $undefined, _depth + 1, message.deleteServer);
                            message.op = "deleteServer";
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.addLocal = $root.tandem.control.LocalEdit.decode(reader, reader.size(), $undefined, _depth + 1, message.addLocal);
                            message.op = "addLocal";
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.deleteLocal = $root.tandem.control.LocalDelete.decode(reader, reader.size(), $undefined, _depth + 1, message.deleteLocal);
                            message.op = "deleteLocal";
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.setTimeouts = $root.tandem.control.Timeouts.decode(reader, reader.size(), $undefined, _depth + 1, message.setTimeouts);
                            message.op = "setTimeouts";
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.setVlanFlag = reader.bool();
                            message.op = "setVlanFlag";
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.addMark = $root.tandem.control.Mark.decode(reader, reader.size(), $undefined, _depth + 1, message.addMark);
                            message.op = "addMark";
                            continue;
                        }
                    case 21: {
                            if (wireType !== 2)
                                break;
                            message.deleteMark = $root.tandem.control.Mark.decode(reader, reader.size(), $undefined, _depth + 1, message.deleteMark);
                            message.op = "deleteMark";
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

            return Edit;
        })();

        control.EditList = (function() {

            const EditList = function (properties) {
                this.edits = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            EditList.prototype.edits = $util.emptyArray;
            EditList.prototype.whole = false;

            EditList.create = function(properties) {
                return new EditList(properties);
            };

            EditList.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.edits != null && message.edits.length)
                    for (let i = 0; i < message.edits.length; ++i)
                        $root.tandem.control.Edit.encode(message.edits[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.whole != null && $Object.hasOwnProperty.call(message, "whole") && message.whole !== false)
                    writer.uint32(16).bool(message.whole);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            EditList.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.EditList();
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
                            if (!(message.edits && message.edits.length))
                                message.edits = [];
                            message.edits.push($root.tandem.control.Edit.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.whole = value;
                            else
                                delete message.whole;
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

            return EditList;
        })();

        control.RefusedEdit = (function() {

            const RefusedEdit = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RefusedEdit.prototype.at = 0;
            RefusedEdit.prototype.failure = null;

            RefusedEdit.create = function(properties) {
                return new RefusedEdit(properties);
            };

            RefusedEdit.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.at != null && $Object.hasOwnProperty.call(message, "at") && message.at !== 0)
                    writer.uint32(8).uint32(message.at);
                if (message.failure != null && $Object.hasOwnProperty.call(message, "failure"))
                    $root.tandem.control.Failure.encode(message.failure, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RefusedEdit.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.RefusedEdit();
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
                                message.at = value;
                            else
                                delete message.at;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.failure = $root.tandem.control.Failure.decode(reader, reader.size(), $undefined, _depth + 1, message.failure);
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

            return RefusedEdit;
        })();

        control.Edited = (function() {

            const Edited = function (properties) {
                this.refused = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Edited.prototype.refused = $util.emptyArray;

            Edited.create = function(properties) {
                return new Edited(properties);
            };

            Edited.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.refused != null && message.refused.length)
                    for (let i = 0; i < message.refused.length; ++i)
                        $root.tandem.control.RefusedEdit.encode(message.refused[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Edited.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Edited();
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
                            if (!(message.refused && message.refused.length))
                                message.refused = [];
                            message.refused.push($root.tandem.control.RefusedEdit.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return Edited;
        })();

        control.Zero = (function() {

            const Zero = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Zero.prototype.service = null;

            Zero.create = function(properties) {
                return new Zero(properties);
            };

            Zero.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    $root.tandem.control.ServiceId.encode(message.service, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Zero.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Zero();
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
                            message.service = $root.tandem.control.ServiceId.decode(reader, reader.size(), $undefined, _depth + 1, message.service);
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

            return Zero;
        })();

        control.TrafficCounters = (function() {

            const TrafficCounters = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            TrafficCounters.prototype.connections = 0;
            TrafficCounters.prototype.inPackets = 0;
            TrafficCounters.prototype.outPackets = 0;
            TrafficCounters.prototype.inBytes = 0;
            TrafficCounters.prototype.outBytes = 0;

            TrafficCounters.create = function(properties) {
                return new TrafficCounters(properties);
            };

            TrafficCounters.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.connections != null && $Object.hasOwnProperty.call(message, "connections") && !$Object.is(message.connections, 0))
                    writer.uint32(9).double(message.connections);
                if (message.inPackets != null && $Object.hasOwnProperty.call(message, "inPackets") && !$Object.is(message.inPackets, 0))
                    writer.uint32(17).double(message.inPackets);
                if (message.outPackets != null && $Object.hasOwnProperty.call(message, "outPackets") && !$Object.is(message.outPackets, 0))
                    writer.uint32(25).double(message.outPackets);
                if (message.inBytes != null && $Object.hasOwnProperty.call(message, "inBytes") && !$Object.is(message.inBytes, 0))
                    writer.uint32(33).double(message.inBytes);
                if (message.outBytes != null && $Object.hasOwnProperty.call(message, "outBytes") && !$Object.is(message.outBytes, 0))
                    writer.uint32(41).double(message.outBytes);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            TrafficCounters.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.TrafficCounters();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.connections = value;
                            else
                                delete message.connections;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.inPackets = value;
                            else
                                delete message.inPackets;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.outPackets = value;
                            else
                                delete message.outPackets;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.inBytes = value;
                            else
                                delete message.inBytes;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.outBytes = value;
                            else
                                delete message.outBytes;
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

            return TrafficCounters;
        })();

        control.ServerCounters = (function() {

            const ServerCounters = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServerCounters.prototype.traffic = null;
            ServerCounters.prototype.activeConnections = 0;
            ServerCounters.prototype.inactiveConnections = 0;
            ServerCounters.prototype.persistentConnections = 0;

            ServerCounters.create = function(properties) {
                return new ServerCounters(properties);
            };

            ServerCounters.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.traffic != null && $Object.hasOwnProperty.call(message, "traffic"))
                    $root.tandem.control.TrafficCounters.encode(message.traffic, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.activeConnections != null && $Object.hasOwnProperty.call(message, "activeConnections") && !$Object.is(message.activeConnections, 0))
                    writer.uint32(17).double(message.activeConnections);
                if (message.inactiveConnections != null && $Object.hasOwnProperty.call(message, "inactiveConnections") && !$Object.is(message.inactiveConnections, 0))
                    writer.uint32(25).double(message.inactiveConnections);
                if (message.persistentConnections != null && $Object.hasOwnProperty.call(message, "persistentConnections") && !$Object.is(message.persistentConnections, 0))
                    writer.uint32(33).double(message.persistentConnections);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServerCounters.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServerCounters();
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
                            message.traffic = $root.tandem.control.TrafficCounters.decode(reader, reader.size(), $undefined, _depth + 1, message.traffic);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.activeConnections = value;
                            else
                                delete message.activeConnections;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.inactiveConnections = value;
                            else
                                delete message.inactiveConnections;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.persistentConnections = value;
                            else
                                delete message.persistentConnections;
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

            return ServerCounters;
        })();

        control.LocalAddressUse = (function() {

            const LocalAddressUse = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            LocalAddressUse.prototype.conflicts = 0;
            LocalAddressUse.prototype.connections = 0;

            LocalAddressUse.create = function(properties) {
                return new LocalAddressUse(properties);
            };

            LocalAddressUse.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.conflicts != null && $Object.hasOwnProperty.call(message, "conflicts") && !$Object.is(message.conflicts, 0))
                    writer.uint32(9).double(message.conflicts);
                if (message.connections != null && $Object.hasOwnProperty.call(message, "connections") && !$Object.is(message.connections, 0))
                    writer.uint32(17).double(message.connections);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LocalAddressUse.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.LocalAddressUse();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.conflicts = value;
                            else
                                delete message.conflicts;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.connections = value;
                            else
                                delete message.connections;
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

            return LocalAddressUse;
        })();

        control.ServiceCounters = (function() {

            const ServiceCounters = function (properties) {
                this.servers = [];
                this.locals = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ServiceCounters.prototype.total = null;
            ServiceCounters.prototype.servers = $util.emptyArray;
            ServiceCounters.prototype.locals = $util.emptyArray;

            ServiceCounters.create = function(properties) {
                return new ServiceCounters(properties);
            };

            ServiceCounters.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.total != null && $Object.hasOwnProperty.call(message, "total"))
                    $root.tandem.control.TrafficCounters.encode(message.total, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.servers != null && message.servers.length)
                    for (let i = 0; i < message.servers.length; ++i)
                        $root.tandem.control.ServerCounters.encode(message.servers[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.locals != null && message.locals.length)
                    for (let i = 0; i < message.locals.length; ++i)
                        $root.tandem.control.LocalAddressUse.encode(message.locals[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ServiceCounters.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ServiceCounters();
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
                            message.total = $root.tandem.control.TrafficCounters.decode(reader, reader.size(), $undefined, _depth + 1, message.total);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.servers && message.servers.length))
                                message.servers = [];
                            message.servers.push($root.tandem.control.ServerCounters.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.locals && message.locals.length))
                                message.locals = [];
                            message.locals.push($root.tandem.control.LocalAddressUse.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return ServiceCounters;
        })();

        control.Listing = (function() {

            const Listing = function (properties) {
                this.counters = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Listing.prototype.rules = null;
            Listing.prototype.counters = $util.emptyArray;

            Listing.create = function(properties) {
                return new Listing(properties);
            };

            Listing.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.rules != null && $Object.hasOwnProperty.call(message, "rules"))
                    $root.tandem.control.RuleSet.encode(message.rules, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.counters != null && message.counters.length)
                    for (let i = 0; i < message.counters.length; ++i)
                        $root.tandem.control.ServiceCounters.encode(message.counters[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Listing.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Listing();
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
                            message.rules = $root.tandem.control.RuleSet.decode(reader, reader.size(), $undefined, _depth + 1, message.rules);
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.counters && message.counters.length))
                                message.counters = [];
                            message.counters.push($root.tandem.control.ServiceCounters.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return Listing;
        })();

        control.Connection = (function() {

            const Connection = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Connection.prototype.protocol = 0;
            Connection.prototype.client = null;
            Connection.prototype.virtual = null;
            Connection.prototype.local = null;
            Connection.prototype.server = null;
            Connection.prototype.forwarding = "";
            Connection.prototype.state = 0;
            Connection.prototype.expires = 0;

            Connection.create = function(properties) {
                return new Connection(properties);
            };

            Connection.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.protocol != null && $Object.hasOwnProperty.call(message, "protocol") && message.protocol !== 0)
                    writer.uint32(8).uint32(message.protocol);
                if (message.client != null && $Object.hasOwnProperty.call(message, "client"))
                    $root.tandem.control.Endpoint.encode(message.client, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.virtual != null && $Object.hasOwnProperty.call(message, "virtual"))
                    $root.tandem.control.Endpoint.encode(message.virtual, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.local != null && $Object.hasOwnProperty.call(message, "local"))
                    $root.tandem.control.Endpoint.encode(message.local, writer.uint32(34).fork(), _depth + 1).ldelim();
                if (message.server != null && $Object.hasOwnProperty.call(message, "server"))
                    $root.tandem.control.Endpoint.encode(message.server, writer.uint32(42).fork(), _depth + 1).ldelim();
                if (message.forwarding != null && $Object.hasOwnProperty.call(message, "forwarding") && message.forwarding !== "")
                    writer.uint32(50).string(message.forwarding);
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== 0)
                    writer.uint32(56).uint32(message.state);
                if (message.expires != null && $Object.hasOwnProperty.call(message, "expires") && !$Object.is(message.expires, 0))
                    writer.uint32(65).double(message.expires);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Connection.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Connection();
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
                                message.protocol = value;
                            else
                                delete message.protocol;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.client = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.client);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.virtual = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.virtual);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.local = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.local);
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.server = $root.tandem.control.Endpoint.decode(reader, reader.size(), $undefined, _depth + 1, message.server);
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.forwarding = value;
                            else
                                delete message.forwarding;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 8: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.expires = value;
                            else
                                delete message.expires;
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

            return Connection;
        })();

        control.ConnectionChunk = (function() {

            const ConnectionChunk = function (properties) {
                this.connections = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ConnectionChunk.prototype.connections = $util.emptyArray;

            ConnectionChunk.create = function(properties) {
                return new ConnectionChunk(properties);
            };

            ConnectionChunk.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.connections != null && message.connections.length)
                    for (let i = 0; i < message.connections.length; ++i)
                        $root.tandem.control.Connection.encode(message.connections[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ConnectionChunk.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ConnectionChunk();
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
                            if (!(message.connections && message.connections.length))
                                message.connections = [];
                            message.connections.push($root.tandem.control.Connection.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return ConnectionChunk;
        })();

        control.SyncDirection = (function() {

            const SyncDirection = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SyncDirection.prototype.direction = "";

            SyncDirection.create = function(properties) {
                return new SyncDirection(properties);
            };

            SyncDirection.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.direction != null && $Object.hasOwnProperty.call(message, "direction") && message.direction !== "")
                    writer.uint32(10).string(message.direction);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SyncDirection.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.SyncDirection();
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
                            if ((value = reader.stringVerify()).length)
                                message.direction = value;
                            else
                                delete message.direction;
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

            return SyncDirection;
        })();

        control.SyncDaemon = (function() {

            const SyncDaemon = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SyncDaemon.prototype.direction = "";
            SyncDaemon.prototype["interface"] = "";
            SyncDaemon.prototype.syncid = 0;
            SyncDaemon.prototype.maxlen = 0;
            SyncDaemon.prototype.group = $util.newBuffer([]);
            SyncDaemon.prototype.port = 0;
            SyncDaemon.prototype.ttl = 0;

            SyncDaemon.create = function(properties) {
                return new SyncDaemon(properties);
            };

            SyncDaemon.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.direction != null && $Object.hasOwnProperty.call(message, "direction") && message.direction !== "")
                    writer.uint32(10).string(message.direction);
                if (message["interface"] != null && $Object.hasOwnProperty.call(message, "interface") && message["interface"] !== "")
                    writer.uint32(18).string(message["interface"]);
                if (message.syncid != null && $Object.hasOwnProperty.call(message, "syncid") && message.syncid !== 0)
                    writer.uint32(24).uint32(message.syncid);
                if (message.maxlen != null && $Object.hasOwnProperty.call(message, "maxlen") && message.maxlen !== 0)
                    writer.uint32(32).uint32(message.maxlen);
                if (message.group != null && $Object.hasOwnProperty.call(message, "group") && message.group.length)
                    writer.uint32(42).bytes(message.group);
                if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                    writer.uint32(48).uint32(message.port);
                if (message.ttl != null && $Object.hasOwnProperty.call(message, "ttl") && message.ttl !== 0)
                    writer.uint32(56).uint32(message.ttl);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SyncDaemon.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.SyncDaemon();
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
                            if ((value = reader.stringVerify()).length)
                                message.direction = value;
                            else
                                delete message.direction;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message["interface"] = value;
                            else
                                delete message["interface"];
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.syncid = value;
                            else
                                delete message.syncid;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.maxlen = value;
                            else
                                delete message.maxlen;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.bytes()).length)
                                message.group = value;
                            else
                                delete message.group;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.port = value;
                            else
                                delete message.port;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.ttl = value;
                            else
                                delete message.ttl;
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

            return SyncDaemon;
        })();

        control.SyncDaemons = (function() {

            const SyncDaemons = function (properties) {
                this.daemons = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SyncDaemons.prototype.daemons = $util.emptyArray;

            SyncDaemons.create = function(properties) {
                return new SyncDaemons(properties);
            };

            SyncDaemons.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.daemons != null && message.daemons.length)
                    for (let i = 0; i < message.daemons.length; ++i)
                        $root.tandem.control.SyncDaemon.encode(message.daemons[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SyncDaemons.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.SyncDaemons();
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
                            if (!(message.daemons && message.daemons.length))
                                message.daemons = [];
                            message.daemons.push($root.tandem.control.SyncDaemon.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return SyncDaemons;
        })();

        control.Handover = (function() {

            const Handover = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Handover.prototype.tookMs = 0;

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
                if (message.tookMs != null && $Object.hasOwnProperty.call(message, "tookMs") && !$Object.is(message.tookMs, 0))
                    writer.uint32(9).double(message.tookMs);
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
                message = _target || new $root.tandem.control.Handover();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.tookMs = value;
                            else
                                delete message.tookMs;
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

            return Handover;
        })();

        control.Fence = (function() {

            const Fence = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Fence.prototype.open = false;
            Fence.prototype.remainingMs = 0;

            Fence.create = function(properties) {
                return new Fence(properties);
            };

            Fence.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.open != null && $Object.hasOwnProperty.call(message, "open") && message.open !== false)
                    writer.uint32(8).bool(message.open);
                if (message.remainingMs != null && $Object.hasOwnProperty.call(message, "remainingMs") && !$Object.is(message.remainingMs, 0))
                    writer.uint32(17).double(message.remainingMs);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Fence.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Fence();
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
                            if (value = reader.bool())
                                message.open = value;
                            else
                                delete message.open;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.remainingMs = value;
                            else
                                delete message.remainingMs;
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

            return Fence;
        })();

        control.RouterStatus = (function() {

            const RouterStatus = function (properties) {
                this.addresses = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            RouterStatus.prototype.name = "";
            RouterStatus.prototype.vrid = 0;
            RouterStatus.prototype.state = "";
            RouterStatus.prototype.priority = 0;
            RouterStatus.prototype.addresses = $util.emptyArray;
            RouterStatus.prototype.fence = null;

            RouterStatus.create = function(properties) {
                return new RouterStatus(properties);
            };

            RouterStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(10).string(message.name);
                if (message.vrid != null && $Object.hasOwnProperty.call(message, "vrid") && message.vrid !== 0)
                    writer.uint32(16).uint32(message.vrid);
                if (message.state != null && $Object.hasOwnProperty.call(message, "state") && message.state !== "")
                    writer.uint32(26).string(message.state);
                if (message.priority != null && $Object.hasOwnProperty.call(message, "priority") && message.priority !== 0)
                    writer.uint32(32).uint32(message.priority);
                if (message.addresses != null && message.addresses.length)
                    for (let i = 0; i < message.addresses.length; ++i)
                        writer.uint32(42).string(message.addresses[i]);
                if (message.fence != null && $Object.hasOwnProperty.call(message, "fence"))
                    $root.tandem.control.Fence.encode(message.fence, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RouterStatus.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.RouterStatus();
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
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.vrid = value;
                            else
                                delete message.vrid;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.state = value;
                            else
                                delete message.state;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.priority = value;
                            else
                                delete message.priority;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.addresses && message.addresses.length))
                                message.addresses = [];
                            message.addresses.push(reader.stringVerify());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.fence = $root.tandem.control.Fence.decode(reader, reader.size(), $undefined, _depth + 1, message.fence);
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

            return RouterStatus;
        })();

        control.PeerStatus = (function() {

            const PeerStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            PeerStatus.prototype.vrrpMs = null;
            PeerStatus.prototype.syncMs = null;
            PeerStatus.prototype.synced = false;
            PeerStatus.prototype.vrrpPath = "";
            PeerStatus.prototype.syncPath = "";

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(PeerStatus.prototype, "_vrrpMs", {
                get: $util.oneOfGetter($oneOfFields = ["vrrpMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(PeerStatus.prototype, "_syncMs", {
                get: $util.oneOfGetter($oneOfFields = ["syncMs"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            PeerStatus.create = function(properties) {
                return new PeerStatus(properties);
            };

            PeerStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.vrrpMs != null && $Object.hasOwnProperty.call(message, "vrrpMs"))
                    writer.uint32(9).double(message.vrrpMs);
                if (message.syncMs != null && $Object.hasOwnProperty.call(message, "syncMs"))
                    writer.uint32(17).double(message.syncMs);
                if (message.synced != null && $Object.hasOwnProperty.call(message, "synced") && message.synced !== false)
                    writer.uint32(24).bool(message.synced);
                if (message.vrrpPath != null && $Object.hasOwnProperty.call(message, "vrrpPath") && message.vrrpPath !== "")
                    writer.uint32(34).string(message.vrrpPath);
                if (message.syncPath != null && $Object.hasOwnProperty.call(message, "syncPath") && message.syncPath !== "")
                    writer.uint32(42).string(message.syncPath);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PeerStatus.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.PeerStatus();
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
                            if (wireType !== 1)
                                break;
                            message.vrrpMs = reader.double();
                            message._vrrpMs = "vrrpMs";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            message.syncMs = reader.double();
                            message._syncMs = "syncMs";
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.synced = value;
                            else
                                delete message.synced;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.vrrpPath = value;
                            else
                                delete message.vrrpPath;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.syncPath = value;
                            else
                                delete message.syncPath;
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

            return PeerStatus;
        })();

        control.Lag = (function() {

            const Lag = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Lag.prototype.p50 = 0;
            Lag.prototype.p99 = 0;
            Lag.prototype.max = 0;

            Lag.create = function(properties) {
                return new Lag(properties);
            };

            Lag.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.p50 != null && $Object.hasOwnProperty.call(message, "p50") && !$Object.is(message.p50, 0))
                    writer.uint32(9).double(message.p50);
                if (message.p99 != null && $Object.hasOwnProperty.call(message, "p99") && !$Object.is(message.p99, 0))
                    writer.uint32(17).double(message.p99);
                if (message.max != null && $Object.hasOwnProperty.call(message, "max") && !$Object.is(message.max, 0))
                    writer.uint32(25).double(message.max);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Lag.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Lag();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.p50 = value;
                            else
                                delete message.p50;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.p99 = value;
                            else
                                delete message.p99;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.max = value;
                            else
                                delete message.max;
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

            return Lag;
        })();

        control.SyncStatus = (function() {

            const SyncStatus = function (properties) {
                this.counters = {};
                this.rejected = {};
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SyncStatus.prototype.counters = $util.emptyObject;
            SyncStatus.prototype.rejected = $util.emptyObject;
            SyncStatus.prototype.lagMs = null;
            SyncStatus.prototype.sealed = false;
            SyncStatus.prototype.shortfall = 0;
            SyncStatus.prototype.bulkSending = null;
            SyncStatus.prototype.bulkReceiving = null;
            SyncStatus.prototype.keys = null;

            SyncStatus.create = function(properties) {
                return new SyncStatus(properties);
            };

            SyncStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.counters != null && $Object.hasOwnProperty.call(message, "counters"))
                    for (let keys = $Object.keys(message.counters), i = 0; i < keys.length; ++i)
                        writer.uint32(10).fork().uint32(10).string(keys[i]).uint32(17).double(message.counters[keys[i]]).ldelim();
                if (message.rejected != null && $Object.hasOwnProperty.call(message, "rejected"))
                    for (let keys = $Object.keys(message.rejected), i = 0; i < keys.length; ++i)
                        writer.uint32(18).fork().uint32(10).string(keys[i]).uint32(17).double(message.rejected[keys[i]]).ldelim();
                if (message.lagMs != null && $Object.hasOwnProperty.call(message, "lagMs"))
                    $root.tandem.control.Lag.encode(message.lagMs, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.sealed != null && $Object.hasOwnProperty.call(message, "sealed") && message.sealed !== false)
                    writer.uint32(32).bool(message.sealed);
                if (message.shortfall != null && $Object.hasOwnProperty.call(message, "shortfall") && !$Object.is(message.shortfall, 0))
                    writer.uint32(41).double(message.shortfall);
                if (message.bulkSending != null && $Object.hasOwnProperty.call(message, "bulkSending"))
                    $root.tandem.control.BulkCount.encode(message.bulkSending, writer.uint32(50).fork(), _depth + 1).ldelim();
                if (message.bulkReceiving != null && $Object.hasOwnProperty.call(message, "bulkReceiving"))
                    $root.tandem.control.BulkCount.encode(message.bulkReceiving, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.keys != null && $Object.hasOwnProperty.call(message, "keys"))
                    $root.tandem.control.SyncKeys.encode(message.keys, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SyncStatus.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.control.SyncStatus();
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
                            if (message.counters === $util.emptyObject)
                                message.counters = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.counters, key);
                            message.counters[key] = value;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (message.rejected === $util.emptyObject)
                                message.rejected = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.rejected, key);
                            message.rejected[key] = value;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.lagMs = $root.tandem.control.Lag.decode(reader, reader.size(), $undefined, _depth + 1, message.lagMs);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.sealed = value;
                            else
                                delete message.sealed;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.shortfall = value;
                            else
                                delete message.shortfall;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.bulkSending = $root.tandem.control.BulkCount.decode(reader, reader.size(), $undefined, _depth + 1, message.bulkSending);
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.bulkReceiving = $root.tandem.control.BulkCount.decode(reader, reader.size(), $undefined, _depth + 1, message.bulkReceiving);
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.keys = $root.tandem.control.SyncKeys.decode(reader, reader.size(), $undefined, _depth + 1, message.keys);
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

            return SyncStatus;
        })();

        control.BulkCount = (function() {

            const BulkCount = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            BulkCount.prototype.done = 0;
            BulkCount.prototype.total = 0;

            BulkCount.create = function(properties) {
                return new BulkCount(properties);
            };

            BulkCount.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.done != null && $Object.hasOwnProperty.call(message, "done") && !$Object.is(message.done, 0))
                    writer.uint32(9).double(message.done);
                if (message.total != null && $Object.hasOwnProperty.call(message, "total") && !$Object.is(message.total, 0))
                    writer.uint32(17).double(message.total);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            BulkCount.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.BulkCount();
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
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.done = value;
                            else
                                delete message.done;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.total = value;
                            else
                                delete message.total;
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

            return BulkCount;
        })();

        control.SyncKeys = (function() {

            const SyncKeys = function (properties) {
                this.opened = [];
                this.peer = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            SyncKeys.prototype.sealing = null;
            SyncKeys.prototype.opened = $util.emptyArray;
            SyncKeys.prototype.peer = $util.emptyArray;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(SyncKeys.prototype, "_sealing", {
                get: $util.oneOfGetter($oneOfFields = ["sealing"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            SyncKeys.create = function(properties) {
                return new SyncKeys(properties);
            };

            SyncKeys.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.sealing != null && $Object.hasOwnProperty.call(message, "sealing"))
                    writer.uint32(10).string(message.sealing);
                if (message.opened != null && message.opened.length)
                    for (let i = 0; i < message.opened.length; ++i)
                        writer.uint32(18).string(message.opened[i]);
                if (message.peer != null && message.peer.length)
                    for (let i = 0; i < message.peer.length; ++i)
                        writer.uint32(26).string(message.peer[i]);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SyncKeys.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.SyncKeys();
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
                            message.sealing = reader.stringVerify();
                            message._sealing = "sealing";
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.opened && message.opened.length))
                                message.opened = [];
                            message.opened.push(reader.stringVerify());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.peer && message.peer.length))
                                message.peer = [];
                            message.peer.push(reader.stringVerify());
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

            return SyncKeys;
        })();

        control.Status = (function() {

            const Status = function (properties) {
                this.routers = [];
                this.vrrp = {};
                this.drops = {};
                this.events = {};
                this.tracked = [];
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Status.prototype.name = "";
            Status.prototype.role = "";
            Status.prototype.datapath = "";
            Status.prototype.version = "";
            Status.prototype.pid = 0;
            Status.prototype.uptimeS = 0;
            Status.prototype.routers = $util.emptyArray;
            Status.prototype.peer = null;
            Status.prototype.sync = null;
            Status.prototype.vrrp = $util.emptyObject;
            Status.prototype.connections = 0;
            Status.prototype.drops = $util.emptyObject;
            Status.prototype.events = $util.emptyObject;
            Status.prototype.rules = null;
            Status.prototype.tracked = $util.emptyArray;

            Status.create = function(properties) {
                return new Status(properties);
            };

            Status.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(10).string(message.name);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== "")
                    writer.uint32(18).string(message.role);
                if (message.datapath != null && $Object.hasOwnProperty.call(message, "datapath") && message.datapath !== "")
                    writer.uint32(26).string(message.datapath);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && message.version !== "")
                    writer.uint32(34).string(message.version);
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid") && message.pid !== 0)
                    writer.uint32(40).uint32(message.pid);
                if (message.uptimeS != null && $Object.hasOwnProperty.call(message, "uptimeS") && !$Object.is(message.uptimeS, 0))
                    writer.uint32(49).double(message.uptimeS);
                if (message.routers != null && message.routers.length)
                    for (let i = 0; i < message.routers.length; ++i)
                        $root.tandem.control.RouterStatus.encode(message.routers[i], writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.peer != null && $Object.hasOwnProperty.call(message, "peer"))
                    $root.tandem.control.PeerStatus.encode(message.peer, writer.uint32(66).fork(), _depth + 1).ldelim();
                if (message.sync != null && $Object.hasOwnProperty.call(message, "sync"))
                    $root.tandem.control.SyncStatus.encode(message.sync, writer.uint32(74).fork(), _depth + 1).ldelim();
                if (message.vrrp != null && $Object.hasOwnProperty.call(message, "vrrp"))
                    for (let keys = $Object.keys(message.vrrp), i = 0; i < keys.length; ++i)
                        writer.uint32(82).fork().uint32(10).string(keys[i]).uint32(17).double(message.vrrp[keys[i]]).ldelim();
                if (message.connections != null && $Object.hasOwnProperty.call(message, "connections") && !$Object.is(message.connections, 0))
                    writer.uint32(89).double(message.connections);
                if (message.drops != null && $Object.hasOwnProperty.call(message, "drops"))
                    for (let keys = $Object.keys(message.drops), i = 0; i < keys.length; ++i)
                        writer.uint32(98).fork().uint32(10).string(keys[i]).uint32(17).double(message.drops[keys[i]]).ldelim();
                if (message.events != null && $Object.hasOwnProperty.call(message, "events"))
                    for (let keys = $Object.keys(message.events), i = 0; i < keys.length; ++i)
                        writer.uint32(106).fork().uint32(10).string(keys[i]).uint32(17).double(message.events[keys[i]]).ldelim();
                if (message.rules != null && $Object.hasOwnProperty.call(message, "rules"))
                    $root.tandem.control.ReplicationStatus.encode(message.rules, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.tracked != null && message.tracked.length)
                    for (let i = 0; i < message.tracked.length; ++i)
                        $root.tandem.control.Tracked.encode(message.tracked[i], writer.uint32(322).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Status.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, key, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.tandem.control.Status();
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
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.role = value;
                            else
                                delete message.role;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.datapath = value;
                            else
                                delete message.datapath;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.uint32())
                                message.pid = value;
                            else
                                delete message.pid;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.uptimeS = value;
                            else
                                delete message.uptimeS;
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.routers && message.routers.length))
                                message.routers = [];
                            message.routers.push($root.tandem.control.RouterStatus.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.peer = $root.tandem.control.PeerStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.peer);
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.sync = $root.tandem.control.SyncStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.sync);
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (message.vrrp === $util.emptyObject)
                                message.vrrp = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.vrrp, key);
                            message.vrrp[key] = value;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.connections = value;
                            else
                                delete message.connections;
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            if (message.drops === $util.emptyObject)
                                message.drops = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.drops, key);
                            message.drops[key] = value;
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            if (message.events === $util.emptyObject)
                                message.events = {};
                            let end2 = reader.size() + reader.pos;
                            if (end2 > reader.len)
                                throw $RangeError("index out of range");
                            reader.len = end2;
                            key = "";
                            value = 0;
                            while (reader.pos < end2) {
                                let tag2 = reader.tag();
                                wireType = tag2 & 7;
                                switch (tag2 >>>= 3) {
                                case 1:
                                    if (wireType !== 2)
                                        break;
                                    key = reader.stringVerify();
                                    continue;
                                case 2:
                                    if (wireType !== 1)
                                        break;
                                    value = reader.double();
                                    continue;
                                }
                                reader.skipType(wireType, _depth, tag2);
                            }
                            if (reader.pos !== end2)
                                throw $RangeError("index out of range");
                            reader.len = end;
                            if (key === "__proto__")
                                $util.makeProp(message.events, key);
                            message.events[key] = value;
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.rules = $root.tandem.control.ReplicationStatus.decode(reader, reader.size(), $undefined, _depth + 1, message.rules);
                            continue;
                        }
                    case 40: {
                            if (wireType !== 2)
                                break;
                            if (!(message.tracked && message.tracked.length))
                                message.tracked = [];
                            message.tracked.push($root.tandem.control.Tracked.decode(reader, reader.size(), $undefined, _depth + 1));
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

            return Status;
        })();

        control.ReplicationStatus = (function() {

            const ReplicationStatus = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            ReplicationStatus.prototype.replicated = false;
            ReplicationStatus.prototype.version = 0;
            ReplicationStatus.prototype.agreed = false;
            ReplicationStatus.prototype.refused = null;

            let $oneOfFields;

            // Virtual OneOf for proto3 optional field
            $Object.defineProperty(ReplicationStatus.prototype, "_refused", {
                get: $util.oneOfGetter($oneOfFields = ["refused"]),
                set: $util.oneOfSetter($oneOfFields)
            });

            ReplicationStatus.create = function(properties) {
                return new ReplicationStatus(properties);
            };

            ReplicationStatus.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.replicated != null && $Object.hasOwnProperty.call(message, "replicated") && message.replicated !== false)
                    writer.uint32(8).bool(message.replicated);
                if (message.version != null && $Object.hasOwnProperty.call(message, "version") && !$Object.is(message.version, 0))
                    writer.uint32(17).double(message.version);
                if (message.agreed != null && $Object.hasOwnProperty.call(message, "agreed") && message.agreed !== false)
                    writer.uint32(24).bool(message.agreed);
                if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                    writer.uint32(34).string(message.refused);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ReplicationStatus.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.ReplicationStatus();
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
                            if (value = reader.bool())
                                message.replicated = value;
                            else
                                delete message.replicated;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 1)
                                break;
                            if (!$Object.is(value = reader.double(), 0))
                                message.version = value;
                            else
                                delete message.version;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.agreed = value;
                            else
                                delete message.agreed;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.refused = reader.stringVerify();
                            message._refused = "refused";
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

            return ReplicationStatus;
        })();

        control.Tracked = (function() {

            const Tracked = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };

            Tracked.prototype.kind = "";
            Tracked.prototype.name = "";
            Tracked.prototype.up = false;
            Tracked.prototype.weight = 0;

            Tracked.create = function(properties) {
                return new Tracked(properties);
            };

            Tracked.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.kind != null && $Object.hasOwnProperty.call(message, "kind") && message.kind !== "")
                    writer.uint32(10).string(message.kind);
                if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                    writer.uint32(18).string(message.name);
                if (message.up != null && $Object.hasOwnProperty.call(message, "up") && message.up !== false)
                    writer.uint32(24).bool(message.up);
                if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && message.weight !== 0)
                    writer.uint32(32).sint32(message.weight);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            Tracked.decode = function (reader, length, _end, _depth, _target) {
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
                message = _target || new $root.tandem.control.Tracked();
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
                            if ((value = reader.stringVerify()).length)
                                message.kind = value;
                            else
                                delete message.kind;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if ((value = reader.stringVerify()).length)
                                message.name = value;
                            else
                                delete message.name;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.bool())
                                message.up = value;
                            else
                                delete message.up;
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            if (value = reader.sint32())
                                message.weight = value;
                            else
                                delete message.weight;
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

            return Tracked;
        })();

        return control;
    })();

    return tandem;
})();

export {
  $root as default
};
