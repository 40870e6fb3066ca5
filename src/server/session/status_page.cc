#include "server/session/status_page.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "server/page/gather.h"
#include "server/page/style.h"

namespace restante::server {
namespace {

constexpr std::string_view kStylePath = "/style.css";
constexpr std::string_view kRangeKey = "range=";

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
}

/// Without a port; an address in brackets keeps them.
std::string_view name_of(std::string_view host) {
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  return host.substr(0, colon);
}

/// A page of another site may make a browser ask us under a name of its own (DNS rebinding); it
/// cannot make it use one of these.
// The page lives on names that only a person types or this machine has.
bool is_own_name(std::string_view host, std::string_view hostname) {
  const std::string_view name = name_of(host);
  for (const std::string_view own : {std::string_view("localhost"), std::string_view("127.0.0.1"),
                                     std::string_view("[::1]"), hostname})
    if (equals_ignore_case(name, own)) return true;
  return false;
}

std::optional<page::Range> range_of(std::string_view target) {
  const std::string_view query = query_of(target);
  if (query.empty()) return page::Range::kDay;
  if (!query.starts_with(kRangeKey)) return std::nullopt;
  return page::find_range(query.substr(kRangeKey.size()));
}

}  // namespace

bool is_page(std::string_view target) {
  return path_of(target) == "/" || path_of(target) == kStylePath;
}

PageWay way_of(const SessionContext& context) {
  if (!context.listen.address.unix_path.empty()) return PageWay::kUnixSocket;
  return context.has_tls() ? PageWay::kTls : PageWay::kPlain;
}

std::optional<PageAnswer> refuse_page(const PageRequest& request, PageWay way,
                                      std::string_view hostname) {
  PageAnswer refused;
  // A form cannot be sent here; what is left is the browser's own GET.
  if (request.method != "GET") {
    refused.status = 405;
    refused.body = "only GET is known here\n";
  } else if (way == PageWay::kPlain) {
    refused.status = 403;
    refused.body =
        "The page shows names of accounts, so it is served on a Unix socket: give an http listener "
        "address = \"unix:/run/restante/http.sock\", and look at it by\n"
        "  ssh -L 8080:/run/restante/http.sock this.machine\n"
        "at http://localhost:8080/\n"
        "Or with TLS: give the listener tls = \"implicit\", and an operator an account that may "
        "look, by\n"
        "  restantectl account operator NAME\n";
  } else if (!is_own_name(request.host, hostname)) {
    // 421 tells a browser that this server is not the one for that name.
    refused.status = 421;
    refused.body = fmt::format("ask for localhost, or for {}\n", hostname);
  } else if (!range_of(request.target)) {
    refused.status = 404;
    refused.body = "range is one of hour, day, month, year, decade\n";
  } else {
    return std::nullopt;
  }
  return refused;
}

net::Task<PageAnswer> status_page(const PageRequest& request, PageKey key,
                                  SessionContext& context) {
  const PageWay way = way_of(context);
  if (auto refused = refuse_page(request, way, context.settings->config.hostname))
    co_return std::move(*refused);
  PageAnswer answer;
  // The style is the same for all and tells nothing, so it needs no login; a browser asks for it
  // without one.
  if (path_of(request.target) == kStylePath) {
    answer.type = "text/css; charset=utf-8";
    answer.body = page::kStyle;
    co_return answer;
  }
  // The file's mode decides who may open a Unix socket.
  if (way != PageWay::kUnixSocket) {
    auto refused = co_await admit_operator(std::move(key), context);
    if (refused) co_return std::move(*refused);
  }
  const page::Range range = range_of(request.target).value_or(page::Range::kDay);
  auto work = [&context, range] { return page::html(page::gather(context, range)); };
  answer.type = "text/html; charset=utf-8";
  // Those who look take turns with each other, and not with mail.
  const std::uint64_t source = SessionContext::maildrop_source("the status page");
  answer.body = co_await context.services.disk_pool.run_for(net::Errand::kMail, source, work);
  co_return answer;
}

}  // namespace restante::server
