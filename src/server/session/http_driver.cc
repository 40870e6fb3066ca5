#include "server/session/http_driver.h"

#include <boost/beast/http/write.hpp>
#include <sstream>

#include "server/autoconfig/page.h"
#include "server/common/log.h"
#include "server/session/http_request.h"
#include "server/session/metrics_page.h"
#include "server/session/status_page.h"

namespace restante::server {
namespace {

namespace http = boost::beast::http;

constexpr auto kRequestTimeout = std::chrono::seconds(10);
// A password waits for its turn, and a wrong one for its delay.
constexpr auto kAnswerTimeout = std::chrono::minutes(2);
constexpr std::uint32_t kHeaderBytesMax = 8192;

using Response = http::response<http::string_body>;

constexpr std::size_t kWorstCount = 20;

/// JSON. Addresses are the only text in it, and need no escapes.
std::string status_text(const SessionContext& context) {
  const guard::Gate& gate = context.services.gate;
  const guard::Rules& rules = context.settings->rules;
  std::string worst;
  for (const guard::Offender& offender :
       gate.worst(kWorstCount, std::chrono::steady_clock::now())) {
    if (!worst.empty()) worst += ',';
    worst += fmt::format(R"({{"address":"{}","failed_logins":{},"refusals":{}}})",
                         offender.source.to_string(), offender.failed_logins, offender.refusals);
  }
  return fmt::format(R"({{"connections":{},"connections_max":{},"worst":[{}]}})"
                     "\n",
                     gate.connections(), rules.connections + rules.intake_connections, worst);
}

void fill_from(autoconfig::Answer answer, Response& response) {
  response.result(static_cast<unsigned>(answer.status));
  response.set(http::field::content_type, answer.type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (!answer.allow.empty()) response.set(http::field::allow, answer.allow);
  if (!answer.file_name.empty())
    response.set(http::field::content_disposition,
                 fmt::format("attachment; filename=\"{}\"", answer.file_name));
  response.body() = std::move(answer.body);
}

/// The pages for the operator.
void fill_status(const HttpRequest& request, const SessionContext& context, Response& response) {
  const settings::Pages& pages = context.listen.serve;
  if (request.method() != http::verb::get) {
    response.result(http::status::method_not_allowed);
    response.body() = "only GET is known here\n";
  } else if (request.target() == "/metrics" && pages.metrics) {
    const auto accept = request.find(http::field::accept);
    const ExpositionFormat format = exposition_format(
        accept == request.end() ? std::string_view() : std::string_view(accept->value()));
    response.set(http::field::content_type, content_type(format));
    response.body() = metrics_page(context.services, format);
  } else if (request.target() == "/status" && pages.status) {
    response.set(http::field::content_type, "application/json");
    response.body() = status_text(context);
  } else if (request.target() == "/health") {
    const bool lost = context.services.metrics.data_dir_lost.value() != 0;
    if (lost) response.result(http::status::service_unavailable);
    response.body() = lost ? "data_dir is lost\n" : "ok\n";
  } else {
    response.result(http::status::not_found);
    response.body() = "there are /, /metrics, /status and /health\n";
  }
}

std::string to_text(Response& response) {
  response.prepare_payload();
  std::ostringstream out;
  out << response;
  return out.str();
}

Response new_response() {
  Response response(http::status::ok, 11);
  response.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  response.keep_alive(false);
  return response;
}

std::string answer_to(const HttpParser& parser, const SessionContext& context) {
  const auto& request = parser.get();
  Response response = new_response();
  const autoconfig::Request asked{request.method_string(), request[http::field::host],
                                  request.target(), request.body()};
  if (auto page = autoconfig_page(asked, context))
    fill_from(std::move(*page), response);
  else
    fill_status(request, context, response);
  return to_text(response);
}

/// Nothing of it may run, load or be shown within another page.
std::string page_text(PageAnswer answer) {
  Response response = new_response();
  if (answer.asks_for_token)
    response.insert(http::field::www_authenticate, "Bearer realm=\"restante\"");
  if (answer.asks_for_password)
    response.insert(http::field::www_authenticate, "Basic realm=\"restante\", charset=\"UTF-8\"");
  response.result(answer.status);
  response.set(http::field::content_type, answer.type);
  response.set(http::field::cache_control, "no-store");
  response.set("Content-Security-Policy",
               "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
               "form-action 'none'");
  response.set("Referrer-Policy", "no-referrer");
  response.set("X-Content-Type-Options", "nosniff");
  response.body() = std::move(answer.body);
  return to_text(response);
}

std::string too_large() {
  Response response = new_response();
  response.result(http::status::payload_too_large);
  response.body() = "the body is too long\n";
  return to_text(response);
}

PageKey key_of(const HttpRequest& request) {
  const auto field = request[http::field::authorization];
  return read_page_key({field.data(), field.size()}, request.count(http::field::authorization));
}

/// A listener with a token has nothing for others but /health.
bool wants_key(std::string_view target, const settings::Listen& listen) {
  return !listen.token_file.empty() && (target == "/status" || target == "/metrics");
}

net::Task<std::string> answer_request(const HttpParser& parser, SessionContext& context) {
  const HttpRequest& request = parser.get();
  const auto host = request[http::field::host];
  const PageRequest page{request.method_string(), {host.data(), host.size()}, request.target()};
  if (context.listen.serve.status && is_page(page.target)) {
    PageKey key = key_of(request);
    PageAnswer answer = co_await status_page(page, std::move(key), context);
    co_return page_text(std::move(answer));
  }
  if (wants_key(page.target, context.listen)) {
    PageKey key = key_of(request);
    auto refused = co_await admit_operator(std::move(key), context);
    if (refused) co_return page_text(std::move(*refused));
  }
  co_return answer_to(parser, context);
}

}  // namespace

net::Task<Status> HttpDriver::run() {
  net::Connection& connection = context_.connection;
  // For the whole request: a client that sends an octet a second would stay otherwise.
  connection.bound_total(kRequestTimeout);
  HttpParser parser;
  parser.header_limit(kHeaderBytesMax);
  parser.body_limit(context_.listen.serve.autoconfig ? autoconfig::kBodyBytesMax : 0);
  parser.eager(true);
  std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  std::string answer;
  std::string buffered;  // Beast wants a header line whole. Wiped, as all that is read.
  while (!parser.is_done() && answer.empty()) {
    const Status filled = co_await connection.fill();
    if (!filled) co_return filled;
    append_secret(buffered, connection.input());
    connection.discard_input();
    boost::beast::error_code failure;
    put(parser, buffered, failure);
    if (failure == http::error::need_more && buffered.size() < kHeaderBytesMax) continue;
    if (failure == http::error::body_limit)
      answer = too_large();
    else if (failure)
      co_return Error(Errc::kSyntax, "http: " + failure.message());
    else if (waits_for_word(parser))
      static_cast<void>(connection.send_now(go_on));  // Once: it is empty then.
  }
  if (answer.empty()) {
    connection.bound_total(kAnswerTimeout);
    answer = co_await answer_request(parser, context_);
  }
  const Status sent = co_await connection.send(answer);
  connection.finish();
  co_return sent;
}

}  // namespace restante::server
