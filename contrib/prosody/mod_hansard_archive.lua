-- Lets the rooms of a multi-user chat service answer archive queries (XEP-0313) from Hansard's record.
-- Part of Hansard, under its licence (MIT). Set-up and trust: docs/delegated-mode.md.
--
-- Prosody keeps the say: it checks who may read, vouches for the requester's affiliation and role, takes answers of the
-- configured component only, and writes the addresses of every answer itself.

if module:get_host_type() ~= "component" then
	module:log_status("error", "mod_%s belongs on a component of rooms (\"muc\"), not on a host of users", module.name);
	return;
end

local st = require "util.stanza";
local jid = require "util.jid";
local new_id = require "util.uuid".generate;

local get_room_from_jid = module:depends "muc".get_room_from_jid;

local xmlns_client = "jabber:client";
local xmlns_data = "jabber:x:data";
local xmlns_delegation = "urn:xmpp:delegation:2";
local xmlns_forward = "urn:xmpp:forward:0";
local xmlns_fulltext = "urn:xmpp:fulltext:0";
local xmlns_hints = "urn:xmpp:hints";
local xmlns_mam = "urn:xmpp:mam:2";
local xmlns_muc_user = "http://jabber.org/protocol/muc#user";

-- Above mod_muc_mam, which hooks the same requests at 0.
local priority = 10;
local sweep_seconds = 2;

local component, all_rooms, rooms, fallback, timeout, max_pending, max_pending_each;

local function load_options()
	component = jid.prep(module:get_option_string("hansard_archive_component"));
	fallback = module:get_option_boolean("hansard_archive_fallback", false);
	timeout = module:get_option_number("hansard_archive_timeout", 30);
	max_pending = module:get_option_number("hansard_archive_max_pending", 1000);
	max_pending_each = module:get_option_number("hansard_archive_max_pending_each", 100);
	all_rooms, rooms = false, {};
	for name in module:get_option_set("hansard_archive_rooms", {}) do
		local room_jid = jid.prep(name:find("@", 1, true) and name or name.."@"..module.host);
		if name == "*" then
			all_rooms = true;
		elseif room_jid and jid.host(room_jid) == module.host then
			rooms[room_jid] = true;
		else
			module:log("error", "hansard_archive_rooms: %q is no room of %s", name, module.host);
		end
	end
	if not component then
		module:log_status("error", "Set hansard_archive_component to the domain of Hansard's component");
	elseif not all_rooms and not next(rooms) then
		module:log_status("warn", "No room is delegated: name rooms in hansard_archive_rooms, or \"*\" for all");
	else
		module:set_status("info", "Archive queries go to "..component);
	end
end

load_options();
module:hook_global("config-reloaded", load_options);

-- Hansard fills what it missed from the room's own archive: to itself it must not be sent back.
local function is_delegated(room_jid, requester)
	return component and (all_rooms or rooms[room_jid]) and jid.host(requester) ~= component;
end

-- The requester's affiliation and role; nil for whom the room itself would not let in, or would have to ask for a password.
local function find_reader(room, requester)
	local affiliation = room:get_affiliation(jid.bare(requester)) or "none";
	local occupant = room:get_occupant_by_real_jid(requester);
	local role = occupant and occupant.role or "none";
	if affiliation == "outcast" then return nil; end
	if affiliation == "none" and (room:get_members_only() or (room:get_password() and role == "none")) then return nil; end
	return affiliation, role;
end

-- What Hansard has been asked and has not answered: by the id of the envelope, which nobody else can know.
local pending = {};
local pending_count, pending_of = 0, {};

local function remember(query)
	local id, asker = new_id(), jid.bare(query.stanza.attr.from);
	pending[id] = query;
	pending_count = pending_count + 1;
	pending_of[asker] = (pending_of[asker] or 0) + 1;
	return id;
end

local function forget(id)
	local query = pending[id];
	local asker = jid.bare(query.stanza.attr.from);
	pending[id] = nil;
	pending_count = pending_count - 1;
	pending_of[asker] = pending_of[asker] > 1 and pending_of[asker] - 1 or nil;
	return query;
end

local function answer(query, reply)
	reply.attr.from, reply.attr.to = query.stanza.attr.to, query.stanza.attr.from;
	module:send(reply);
end

local function refuse(event, type, condition, text)
	event.origin.send(st.error_reply(event.stanza, type, condition, text));
	return true;
end

-- Requests that are offered once more to whoever else answers them.
local passed_on = setmetatable({}, { __mode = "k" });

local function give_up(id, condition, text)
	local query = forget(id);
	local event = { origin = query.origin, stanza = query.stanza };
	if fallback and not query.has_results then
		passed_on[event.stanza] = true;
		if module:fire_event(query.event_name, event) then return; end
	end
	answer(query, st.error_reply(query.stanza, "wait", condition, text));
end

local function delegate(event_name, event)
	local origin, stanza = event.origin, event.stanza;
	local room_jid, requester = stanza.attr.to, stanza.attr.from;
	if passed_on[stanza] or not is_delegated(room_jid, requester) then return; end

	local room = get_room_from_jid(room_jid);
	if not room or room._data.destroyed then return refuse(event, "cancel", "item-not-found"); end
	local affiliation, role = find_reader(room, requester);
	if not affiliation then return refuse(event, "auth", "forbidden"); end
	if pending_count >= max_pending or (pending_of[jid.bare(requester)] or 0) >= max_pending_each then
		return refuse(event, "wait", "resource-constraint", "Too many archive queries at once");
	end

	local now = os.time();
	local id = remember { origin = origin, stanza = stanza, event_name = event_name, heard_at = now };
	local inner = st.clone(stanza);
	inner.attr.xmlns = xmlns_client;
	module:send(st.iq({ type = "set", from = module.host, to = component, id = id })
		:tag("delegation", { xmlns = xmlns_delegation })
			:tag("forwarded", { xmlns = xmlns_forward }):add_child(inner):up()
			:tag("item", { xmlns = xmlns_muc_user, affiliation = affiliation, role = role }));
	return true;
end

for _, event_name in ipairs {
	"iq-get/bare/"..xmlns_mam..":query";
	"iq-get/bare/"..xmlns_mam..":metadata";
	"iq-set/bare/"..xmlns_mam..":query";
} do
	module:hook(event_name, function (event) return delegate(event_name, event); end, priority);
end

-- The one stanza in the envelope, if it answers that query: addressed from the room to who asked.
local function open(envelope, name, query)
	local delegation = envelope:get_child("delegation", xmlns_delegation);
	local forwarded = delegation and delegation:get_child("forwarded", xmlns_forward);
	local inner = forwarded and forwarded:get_child(name, xmlns_client);
	if not inner or #delegation.tags ~= 1 or #forwarded.tags ~= 1 then return nil, "there is no "..name.." in it"; end
	if inner.attr.from ~= query.stanza.attr.to then return nil, "it is not from the room that was asked"; end
	if inner.attr.to ~= query.stanza.attr.from then return nil, "it is not to who asked"; end
	return inner;
end

-- Results. What is no result of an archive never leaves in the name of a room.
module:hook("message/host", function (event)
	local stanza = event.stanza;
	if not component or stanza.attr.from ~= component or not stanza:get_child("delegation", xmlns_delegation) then return; end
	local query = pending[stanza.attr.id];
	if not query then
		module:log("debug", "A result came that nobody waits for");
		return true;
	end
	local inner, problem = open(stanza, "message", query);
	local result = inner and inner:get_child("result", xmlns_mam);
	if not result then
		module:log("warn", "A result of %s is dropped: %s", component, problem or "there is no result in it");
		return true;
	end
	query.heard_at, query.has_results = os.time(), true;
	answer(query, st.message({ type = inner.attr.type == "headline" and "headline" or nil, id = inner.attr.id })
		:add_child(result)
		:tag("no-store", { xmlns = xmlns_hints }):up());
	return true;
end, priority);

-- What clients can go on from: unreachable is not the same as an archive that has nothing.
local unreachable = { ["remote-server-timeout"] = true, ["remote-server-not-found"] = true, ["recipient-unavailable"] = true };

local function explain(envelope)
	local _, condition, text = envelope:get_error();
	if unreachable[condition] then return "remote-server-timeout", "The archive cannot be reached"; end
	module:log("warn", "%s refused an archive query: %s (%s)", component, condition, text or "no text");
	return "service-unavailable", "The archive does not answer";
end

-- The end of an answer.
module:hook("iq/host", function (event)
	local stanza = event.stanza;
	local type, id = stanza.attr.type, stanza.attr.id;
	if not component or stanza.attr.from ~= component or (type ~= "result" and type ~= "error") or not pending[id] then return; end
	if type == "error" then
		give_up(id, explain(stanza));
		return true;
	end
	local query = pending[id];
	local inner, problem = open(stanza, "iq", query);
	local payload = inner and inner.tags[1];
	local is_error = payload and payload.name == "error" and payload.attr.xmlns == xmlns_client;
	local expected_type = is_error and "error" or "result";
	if not payload or #inner.tags ~= 1 or inner.attr.type ~= expected_type or inner.attr.id ~= query.stanza.attr.id
		or not (is_error or payload.attr.xmlns == xmlns_mam) then
		module:log("warn", "An answer of %s is dropped: %s", component, problem or "it does not answer what was asked");
		give_up(id, "service-unavailable", "The archive's answer cannot be read");
		return true;
	end
	forget(id);
	-- In the namespace of whichever stream it leaves by.
	if is_error then payload.attr.xmlns = nil; end
	answer(query, st.iq({ type = expected_type, id = inner.attr.id }):add_child(payload));
	return true;
end, priority);

module:add_timer(sweep_seconds, function ()
	local late = os.time() - timeout;
	local overdue = {};
	for id, query in pairs(pending) do
		if query.heard_at <= late then overdue[#overdue + 1] = id; end
	end
	for _, id in ipairs(overdue) do give_up(id, "remote-server-timeout", "The archive did not answer in time"); end
	return sweep_seconds;
end);

local function has_feature(reply, var)
	for feature in reply.tags[1]:childtags("feature") do
		if feature.attr.var == var then return true; end
	end
	return false;
end

-- After mod_muc_mam, which may have named some of them.
module:hook("muc-disco#info", function (event)
	local room, reply = event.room, event.reply;
	local requester = reply.attr.to;
	if not is_delegated(room.jid, requester) or not find_reader(room, requester) then return; end
	for _, var in ipairs { xmlns_mam, xmlns_mam.."#extended", xmlns_fulltext } do
		if not has_feature(reply, var) then reply:tag("feature", { var = var }):up(); end
	end
	-- Some clients look for the search field here before they ask for the form.
	reply:tag("x", { xmlns = xmlns_data, type = "result" })
		:tag("field", { var = "FORM_TYPE", type = "hidden" }):text_tag("value", xmlns_mam):up()
		:tag("field", { var = "{"..xmlns_fulltext.."}fulltext" }):up()
		:tag("field", { var = "fulltext" }):up()
	:up();
end, -10);

function module.unload()
	local waiting = {};
	for id in pairs(pending) do waiting[#waiting + 1] = id; end
	for _, id in ipairs(waiting) do give_up(id, "service-unavailable", "The archive is being taken away"); end
end
