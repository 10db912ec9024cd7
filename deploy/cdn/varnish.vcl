# Varnish 7 in front of Demarche, for CDN_MAX_AGE and `demarche purge` (docs/scaling.md).
#   varnishd -F -f varnish.vcl -a :6081 -s malloc,256m -p http_gzip_support=off
# Compressed answers come from the server, as brotli or gzip; http_gzip_support=off lets them through as they are.
vcl 4.1;

import std;

backend server {
    .host = "127.0.0.1";
    .port = "3000";
    .first_byte_timeout = 65s;
    .between_bytes_timeout = 65s;
    .probe = { .url = "/health/ready"; .interval = 2s; .timeout = 2s; .window = 3; .threshold = 2; .initial = 2; }
}

# Who may purge: where `demarche purge` runs.
acl purgers {
    "localhost";
}

sub vcl_recv {
    if (req.method == "PURGE") {
        if (client.ip !~ purgers) {
            return (synth(403, "Not from here"));
        }
        if (req.http.surrogate-key !~ "^[a-z0-9/_-]+( [a-z0-9/_-]+)*$") {
            return (synth(400, "Surrogate-Key takes keys with spaces between"));
        }
        # About what is kept alone, so that the lurker tests it in its own time, and hits stay cheap.
        ban("obj.http.surrogate-key ~ (^|\s)(" + regsuball(req.http.surrogate-key, " ", "|") + ")(\s|$)");
        return (synth(200, "Purged"));
    }
    # What has no end is not an answer.
    if (req.url ~ "^/v1/changes/stream") {
        return (pipe);
    }
    # Whoever bears a key, or has seen more than is kept here, is answered by the server itself.
    if (req.http.authorization || req.http.consistency-token) {
        return (pass);
    }
    # It knows no cookies, and a question is the same in whatever order its parameters stand.
    unset req.http.cookie;
    set req.url = std.querysort(req.url);
    # As few spellings as there are forms: the server takes brotli before gzip.
    if (req.http.accept-encoding ~ "(^|,\s*)br(\s*[,]|\s*$)") {
        set req.http.accept-encoding = "br";
    } elsif (req.http.accept-encoding ~ "(^|,\s*)gzip(\s*[,]|\s*$)") {
        set req.http.accept-encoding = "gzip";
    } elsif (req.http.accept-encoding !~ ";") {
        unset req.http.accept-encoding;
    }
    if (!req.http.accept) {
        set req.http.accept = "*/*";
    } elsif (req.http.accept ~ "^text/html\b") {
        set req.http.accept = "text/html,*/*;q=0.8";
    }
    # While the server is well nothing is sent that is older than it says; while it is not, what there is.
    if (std.healthy(req.backend_hint)) {
        set req.grace = 5s;
    }
}

sub vcl_backend_response {
    if (beresp.ttl > 0s) {
        set beresp.grace = 24h;
    } elsif (bereq.is_bgfetch && beresp.status >= 500) {
        # What there is is kept.
        return (abandon);
    }
}

sub vcl_deliver {
    unset resp.http.surrogate-key;
    unset resp.http.cache-tag;
    unset resp.http.x-varnish;
    if (obj.hits > 0) {
        set resp.http.x-cache = "hit";
    } else {
        set resp.http.x-cache = "miss";
    }
}
