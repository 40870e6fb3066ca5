#include "server/session/page_entry.h"

#include "base/ascii.h"
#include "sasl/base64.h"
#include "server/common/log.h"
#include "server/login/login_turn.h"
#include "server/login/proof_check.h"
#include "server/measures/measures.h"

namespace restante::server {
namespace {

using guard::Verdict;

// Failures of tokens count by this name. No account can have it.
constexpr std::string_view kTokenName = " token";

guard::Moment now() { return std::chrono::steady_clock::now(); }

/// The token's listener; null: it has none.
const settings::PageToken* token_of(const SessionContext& context) {
  const auto& tokens = context.settings->page_tokens;
  const auto found = tokens.find(context.listen.token_file);
  return found == tokens.end() ? nullptr : &found->second;
}

PageAnswer unauthorized(const SessionContext& context, std::string body) {
  PageAnswer answer;
  answer.status = 401;
  answer.body = std::move(body);
  answer.asks_for_password = true;
  answer.asks_for_token = token_of(context) != nullptr;
  return answer;
}

std::string way_of(const PageKey& key) {
  return key.kind == PageKey::Kind::kToken ? "token" : "basic";
}

/// As a failed login of POP3 is told; fail2ban's filter knows the line. A token has no name.
void report(SessionContext& context, const PageKey& key, const Error& why, PageLogin end,
            bool repeated) {
  context.services.measures->count(end);
  spdlog::warn("http login {} session={} peer={} user={} method={} reason={}{}",
               end == PageLogin::kWrong ? "failed" : "refused", context.id,
               context.connection.peer().to_string(), for_log(key.name), way_of(key),
               for_log(why.detail), repeated ? " repeated=yes" : "");
  journal::Journal* const journal = context.services.journal;
  if (journal == nullptr) return;
  journal::Act act;
  act.kind = journal::Kind::kLoginFailed;
  const std::string name = counted_name(context, key.name);
  const auto found = context.services.directory.find_now(name);
  // People type passwords where a name belongs.
  if (!name.empty()) act.account = found && *found ? (*found)->name : journal->hidden(name);
  act.from = context.connection.peer().host;
  act.session = context.id;
  act.detail = fmt::format("page, {}: {}", way_of(key), why.detail);
  journal->note(std::move(act));
}

/// Errors: kAuth.
Status judge(const accounts::Account& account) {
  if (!account.is_operator) return Error(Errc::kAuth, "not an operator's account");
  // A password of a device has the rights of its device: mail, and no more.
  // It lies in a program's settings, often on a phone.
  if (!account.device.empty()) return Error(Errc::kAuth, "a device's password opens mail alone");
  return ok();
}

net::Task<Status> check_password(const PageKey& key, SessionContext& context) {
  pop3::Credentials tried;
  tried.method = way_of(key);
  tried.name = key.name;
  tried.password = key.secret;
  const accounts::ScramAnswer none;
  auto account = co_await check_proof(context, tried, none);
  if (!account) co_return account.error();
  co_return judge(*account);
}

Status check_token(const PageKey& key, const SessionContext& context) {
  const settings::PageToken* const token = token_of(context);
  // Before a comparison: a listener without a token must not be opened by an empty one.
  if (token == nullptr) return Error(Errc::kAuth, "this listener has no token");
  return token->matches(key.secret) ? ok() : Status(Error(Errc::kAuth, "wrong token"));
}

net::Task<Status> check(const PageKey& key, SessionContext& context) {
  if (key.kind == PageKey::Kind::kToken) co_return check_token(key, context);
  const Status checked = co_await check_password(key, context);
  co_return checked;
}

PageAnswer too_many() {
  PageAnswer answer;
  answer.status = 429;
  answer.body = "too many logins from this address; try again later\n";
  return answer;
}

net::Task<PageAnswer> refuse(SessionContext& context, const PageKey& key, Verdict verdict) {
  co_await hold_back(context, context.settings->rules.failed_login_delay, now());
  const Error why(Errc::kLimit, fmt::format("limits.{}", to_text(verdict)));
  report(context, key, why, PageLogin::kRefused, false);
  co_return too_many();
}

}  // namespace

PageKey read_page_key(std::string_view field, std::size_t fields) {
  PageKey key;
  if (fields == 0) return key;
  key.kind = PageKey::Kind::kUnusable;
  const std::size_t blank = field.find(' ');
  // Two fields of one kind could be read as either by a proxy before us.
  if (fields > 1 || blank == std::string_view::npos) return key;
  const std::string_view scheme = field.substr(0, blank);
  const std::string_view value = trim(field.substr(blank));
  if (equals_ignore_case(scheme, "bearer") && !value.empty()) {
    key.kind = PageKey::Kind::kToken;
    key.secret = SecretString(value);
    return key;
  }
  if (!equals_ignore_case(scheme, "basic")) return key;
  auto pair = sasl::decode_base64(value);
  if (!pair) return key;
  const std::size_t colon = pair->find(':');
  // No account has an empty name or an empty password.
  // A name with a colon cannot be said in this scheme, and none of ours has one.
  if (colon != std::string::npos && colon > 0 && colon + 1 < pair->size() && is_utf8(*pair)) {
    key.kind = PageKey::Kind::kPassword;
    key.name = pair->substr(0, colon);
    key.secret = SecretString(std::string_view(*pair).substr(colon + 1));
  }
  wipe(*pair);
  return key;
}

net::Task<std::optional<PageAnswer>> admit_operator(PageKey key, SessionContext& context) {
  if (key.kind == PageKey::Kind::kNone || key.kind == PageKey::Kind::kUnusable)
    co_return unauthorized(context,
                           "This is for operators: bring the token of this listener "
                           "(Authorization: Bearer TOKEN), or the name and the password of an "
                           "account that is one (restantectl account operator NAME).\n");
  const guard::Moment asked = now();
  guard::Gate& gate = context.services.gate;
  const guard::Rules& rules = context.settings->rules;
  const bool has_name = key.kind == PageKey::Kind::kPassword;
  // So that a flood of wrong tokens is slowed down like one of wrong passwords.
  const std::string account = has_name ? counted_name(context, key.name) : std::string(kTokenName);
  const guard::Login login{context.peer, account};
  guard::Gate::Check running;
  Verdict verdict = may_log_in(context, login, running);
  if (verdict == Verdict::kChecksUnderWay)
    verdict = co_await wait_for_turn(context, login, running);
  if (verdict != Verdict::kWelcome) {
    running.end();
    PageAnswer refused = co_await refuse(context, key, verdict);
    co_return refused;
  }
  const auto tag = gate.tag_of(key.secret);
  const Status checked = co_await check(key, context);
  key.secret = SecretString();  // Wiped before any wait below.
  if (checked) {
    if (!gate.succeeded(login, rules, now())) co_return too_many();
    context.services.measures->count(PageLogin::kGood);
    co_return std::nullopt;
  }
  // The accounts do not answer: that is no wrong password, and counts as no failure.
  if (checked.error().code != Errc::kAuth) {
    report(context, key, checked.error(), PageLogin::kTemporary, false);
    PageAnswer later;
    later.status = 503;
    later.body = "the accounts cannot be asked now; try again later\n";
    co_return later;
  }
  const guard::Failure failure = gate.failed(login, tag, rules, now());
  running.end();
  report(context, key, checked.error(), PageLogin::kWrong, failure.repeated);
  co_await hold_back(context, failure.delay, asked);
  co_return unauthorized(context, "That opens nothing here.\n");
}

}  // namespace restante::server
