-- Posts the file BODY as CONTENT_TYPE, and leaves what wrk counted as one line of JSON; times in microseconds.

wrk.method = "POST"
wrk.body = io.open(os.getenv("BODY"), "rb"):read("*a")
wrk.headers["Content-Type"] = os.getenv("CONTENT_TYPE")

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "duration": %d, "p50": %f, "p99": %f, "statuses": %d, "broken": %d, "late": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.status, errors.connect + errors.read + errors.write, errors.timeout
   ))
end
