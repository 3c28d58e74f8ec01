-- Each request creates a contract of its own: one operation, one durable answer.
local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(args)
  count = 0
  first = tonumber(args[1])
end

function request()
  count = count + 1
  local contract = string.format("%d%02d%09d", first, number, count)
  local body = '{"contract":"' .. contract .. '","payer":"10","payee":"20","value":50000,"actor":"10"}'
  local headers = { ["content-type"] = "application/json" }
  if first > 5 then headers["idempotency-key"] = '"' .. contract .. '"' end
  return wrk.format("POST", "/v1/tenants/" .. (count % 64 + 1) .. "/contracts", headers, body)
end
