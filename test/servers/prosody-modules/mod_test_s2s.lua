-- Finds the other servers of a test by a file instead of DNS: lines of a domain and the port on loopback where it listens.
module:set_global();

local service = require "net.resolvers.service";
local manual = require "net.resolvers.manual";

local path = module:get_option_string("test_s2s_ports");

function service.new(hostname, name, conn_type, extra)
	local targets = {};
	for line in name == "xmpp-server" and io.lines(path) or function () end do
		local domain, port = line:match("^(%S+) (%d+)$");
		if hostname == domain or hostname:sub(-#domain - 1) == "." .. domain then
			table.insert(targets, { conn_type, "127.0.0.1", tonumber(port), extra });
		end
	end
	return manual.new(targets, conn_type, extra);
end
