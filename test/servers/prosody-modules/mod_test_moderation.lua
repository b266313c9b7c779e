-- XEP-0425 for rooms of tests: moderators ask, the room announces. Prosody's own archive of the room keeps the text.
local st = require "util.stanza";
local new_id = require "util.id".medium;

local xmlns_moderate = "urn:xmpp:message-moderate:1";
local xmlns_retract = "urn:xmpp:message-retract:1";

local get_room_from_jid = module:depends "muc".get_room_from_jid;

module:hook("iq-set/bare/" .. xmlns_moderate .. ":moderate", function (event)
	local stanza, origin = event.stanza, event.origin;
	local room = get_room_from_jid(stanza.attr.to);
	local occupant = room and room:get_occupant_by_real_jid(stanza.attr.from);
	if not occupant or occupant.role ~= "moderator" then
		origin.send(st.error_reply(stanza, "auth", "forbidden"));
		return true;
	end
	local request = stanza.tags[1];
	local announcement = st.message({ type = "groupchat", from = room.jid, id = new_id() })
		:tag("retract", { xmlns = xmlns_retract, id = request.attr.id })
			:tag("moderated", { xmlns = xmlns_moderate, by = occupant.nick }):up();
	local reason = request:get_child_text("reason");
	if reason then announcement:text_tag("reason", reason); end
	room:broadcast_message(announcement:reset());
	origin.send(st.reply(stanza));
	return true;
end);
