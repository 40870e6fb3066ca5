#include "pop3/authorization.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "pop3/capability.h"
#include "sasl/base64.h"
#include "sasl/credential_limits.h"

namespace restante::pop3 {
namespace {

// RFC 4422, as clients write it. Any other word may be a message of an exchange, and so a password,
// which belongs into no log.
bool is_mechanism_name(std::string_view name) {
  constexpr std::size_t kBytesMax = 20;
  return name.size() <= kBytesMax && std::all_of(name.begin(), name.end(), [](char c) {
           return is_digit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

}  // namespace

Outcome Authorization::handle(const Command& command) {
  switch (command.verb) {
    case Verb::kUser: return user(command);
    case Verb::kPass: return pass(command);
    case Verb::kApop: return apop(command);
    case Verb::kAuth: return auth(command);
    case Verb::kStls: return stls(command);
    case Verb::kUtf8: return utf8(command);
    case Verb::kXclient: return xclient(command);
    case Verb::kCapa:
    case Verb::kDele:
    case Verb::kLang:
    case Verb::kLast:
    case Verb::kList:
    case Verb::kNoop:
    case Verb::kQuit:
    case Verb::kRetr:
    case Verb::kRset:
    case Verb::kStat:
    case Verb::kTop:
    case Verb::kUidl: break;
  }
  context_.refuse(Text::kNotLoggedIn);
  return std::nullopt;
}

Outcome Authorization::user(const Command& command) {
  // A second USER that is refused must not leave the first one's name to a PASS behind it.
  name_.reset();
  if (!context_.channel.plaintext_allowed) {
    refuse_plaintext("USER " + std::string(command.argument.value_or("")));
  } else if (!command.argument || !sasl::check_name(*command.argument)) {
    // A name that no account can have is refused for its form, before anything is asked or counted.
    context_.refuse(Text::kBadArguments);
  } else {
    // The same answer whether there is such an account or not.
    name_ = *command.argument;
    context_.replies.ok(Text::kSendPassword);
  }
  return std::nullopt;
}

Outcome Authorization::pass(const Command& command) {
  // USER counts for one PASS alone, right or wrong.
  const std::optional<std::string> name = std::exchange(name_, std::nullopt);
  if (!context_.channel.plaintext_allowed) {
    refuse_plaintext("PASS");
  } else if (!name) {
    context_.refuse(Text::kUserFirst);
  } else if (!command.argument || !sasl::check_password(*command.argument)) {
    context_.refuse(Text::kBadArguments);
  } else {
    return Authenticate{
        Credentials{"USER", *name, {}, SecretString(*command.argument), Proof::kPassword, {}}};
  }
  return std::nullopt;
}

Outcome Authorization::apop(const Command& command) {
  const auto arguments = parse_apop_arguments(command);
  if (!arguments || !sasl::check_name(arguments->name)) {
    // In APOP both come in one line, so a wrong form is told without a look at any account.
    context_.refuse(Text::kBadArguments);
    return std::nullopt;
  }
  return Authenticate{Credentials{"APOP",
                                  std::string(arguments->name),
                                  {},
                                  SecretString(arguments->digest),
                                  Proof::kApop,
                                  context_.settings.apop_timestamp}};
}

Outcome Authorization::auth(const Command& command) {
  if (!command.argument) return list_mechanisms();
  const std::size_t space = command.argument->find(' ');
  const std::string_view name = command.argument->substr(0, space);
  const auto* const mechanism = sasl::find_server_mechanism(name);
  if (mechanism == nullptr || !is_known(*mechanism, context_)) {
    context_.note(Refusal::Kind::kMechanism, is_mechanism_name(name) ? name : "");
    context_.refuse(Text::kUnknownMechanism);
    return std::nullopt;
  }
  // Refused before the exchange can ask for the password.
  if (mechanism->needs == sasl::Needs::kPrivacy && !context_.channel.plaintext_allowed) {
    refuse_plaintext("AUTH " + std::string(mechanism->name));
    return std::nullopt;
  }
  mechanism_ = mechanism->name;
  exchange_ = mechanism->make_server(exchange_context());
  if (space == std::string_view::npos) return advance_exchange(exchange_->start(std::nullopt));
  // Some clients put more than one space before the initial response.
  const std::string_view initial = without_leading_spaces(command.argument->substr(space));
  // RFC 5034 s.4: "=" is an initial response of no octets.
  return advance_exchange(initial == "=" ? exchange_->start("") : step_of(initial, true));
}

sasl::ExchangeContext Authorization::exchange_context() {
  sasl::ExchangeContext out;
  out.bindings = context_.channel.bindings;
  out.binding_offered = offers_binding(context_);
  // A challenge of its own for each exchange, or an answer could be used again.
  const std::string_view stamp = context_.settings.apop_timestamp;
  if (!stamp.empty()) out.unique_text = "<" + std::to_string(++exchanges_) + ".";
  out.unique_text += stamp.substr(stamp.empty() ? 0 : 1);
  return out;
}

/// Outlook asks for the list by AUTH alone; RFC 5034 knows no such form, so the list is free to
/// look like CAPA's.
Outcome Authorization::list_mechanisms() {
  context_.replies.ok(Text::kMechanisms);
  add_mechanisms(context_, "", "\r\n");
  context_.replies.end_list();
  return std::nullopt;
}

Outcome Authorization::exchange_line(std::string_view line) {
  if (line == "*") {  // RFC 5034 s.4: the client cancels.
    abort_exchange();
    context_.refuse(Text::kCancelled);
    return std::nullopt;
  }
  return advance_exchange(step_of(line, false));
}

/// What the mechanism makes of a message in base64.
sasl::Step Authorization::step_of(std::string_view text, bool initial) {
  auto decoded = sasl::decode_base64(text);
  if (!decoded) return std::move(decoded).error();
  // Only AUTH's own line can carry an initial response; to a mechanism it is not the same as an
  // answer to an empty challenge.
  sasl::Step step = initial ? exchange_->start(*decoded) : exchange_->respond(*decoded);
  // It may be a password in clear.
  wipe(*decoded);
  return step;
}

Outcome Authorization::advance_exchange(sasl::Step step) {
  if (const auto* const challenge = std::get_if<sasl::Challenge>(&step)) {
    // RFC 5034 s.4: nothing but base64 behind "+ "; clients choke on a text there.
    context_.replies.add("+ ");
    sasl::append_base64(challenge->bytes, context_.replies.output());
    context_.replies.end_line();
    return std::nullopt;
  }
  if (const auto* const wanted = std::get_if<sasl::KeysWanted>(&step))
    return FetchKeys{mechanism_, wanted->hash, wanted->name};
  if (const auto* const error = std::get_if<Error>(&step)) {
    abort_exchange();
    // A token was refused, and the client has heard why: counted already.
    if (error->code == Errc::kAuth) context_.replies.login_failed(LoginFailure::kWrong);
    if (error->code != Errc::kAuth) context_.refuse(Text::kBadExchange);
    return std::nullopt;
  }
  awaits_verdict_ = std::holds_alternative<sasl::Token>(step);
  // A token's exchange goes on after the driver's verdict: the client has to be told why (RFC 7628
  // s.3.2.3).
  if (!awaits_verdict_) abort_exchange();
  return verdict_of(step);
}

/// Asks the driver whether the client may come in.
Outcome Authorization::verdict_of(sasl::Step& step) {
  Credentials out;
  out.method = mechanism_;
  if (auto* const found = std::get_if<sasl::Credentials>(&step)) {
    // PLAIN and LOGIN: the password itself, which a back end compares.
    out.name = std::move(found->name);
    out.authorization = std::move(found->authorization);
    out.password = std::move(found->password);
  } else if (auto* const proven = std::get_if<sasl::Proven>(&step)) {
    out.name = std::move(proven->name);
    out.authorization = std::move(proven->authorization);
    out.proof = Proof::kProven;
  } else if (auto* const disproven = std::get_if<sasl::Disproven>(&step)) {
    // Told like a wrong password, and counted like one: a client must not learn that the name was
    // right.
    out.name = std::move(disproven->name);
    out.proof = Proof::kDisproven;
  } else if (auto* const token = std::get_if<sasl::Token>(&step)) {
    out.name = std::move(token->name);
    out.password = std::move(token->token);
    out.proof = Proof::kToken;
  } else if (auto* const external = std::get_if<sasl::External>(&step)) {
    out.authorization = std::move(external->authorization);
    out.proof = Proof::kCertificate;
  } else if (auto* const digest = std::get_if<sasl::Digest>(&step)) {
    out.name = std::move(digest->name);
    out.challenge = std::move(digest->challenge);
    out.password = SecretString(digest->digest);
    out.proof = Proof::kCramMd5;
  }
  return Authenticate{std::move(out)};
}

/// Without a code. [AUTH] says that the credentials are wrong (RFC 3206 s.5), and clients ask their
/// user for a new password then; but this one was not even looked at. SYS codes are for failures of
/// the system, which this is not.
void Authorization::refuse_plaintext(std::string_view what) {
  context_.note(Refusal::Kind::kPlaintext, what);
  context_.count_error();
  context_.replies.error(Text::kNeedsTls);
}

Outcome Authorization::stls(const Command& command) {
  if (!parse_nothing(command)) {
    context_.refuse(Text::kBadArguments);
  } else if (context_.channel.tls) {
    context_.refuse(Text::kTlsAlready);
  } else if (!context_.channel.stls_available) {
    context_.refuse(Text::kNoTls);
  } else if (context_.utf8) {  // RFC 6856 s.2: the client must not.
    context_.refuse(Text::kNoTlsAfterUtf8);
  } else {
    context_.replies.ok(Text::kStartTls);
    return StartTls{};
  }
  return std::nullopt;
}

Outcome Authorization::utf8(const Command& command) {
  if (!parse_nothing(command)) {
    context_.refuse(Text::kBadArguments);
    return std::nullopt;
  }
  context_.utf8 = true;
  context_.replies.ok(Text::kUtf8On);
  return std::nullopt;
}

Outcome Authorization::xclient(const Command& command) {
  if (!context_.channel.may_name_client) {
    // Also for the log: an address that tries it may be a proxy that its configuration forgot.
    context_.refuse(Text::kNotAProxy);
    return NameClient{};  // The driver counts it.
  }
  auto client = parse_xclient(command.argument.value_or(""));
  // Without an address there is no client to name, and the connection would go on as the proxy's
  // own.
  if (client && client->address) return NameClient{std::move(*client)};
  context_.refuse(Text::kBadArguments);
  return std::nullopt;
}

void Authorization::login_failed(LoginFailure failure) {
  ++failed_attempts_;
  // Only a token's refusal has words of its own; after the last attempt there is no answer left to
  // wait for.
  const bool explain =
      exchange_ && awaits_verdict_ && failure == LoginFailure::kWrong && !too_many_attempts();
  awaits_verdict_ = false;
  if (explain) {
    advance_exchange(exchange_->refused());
    return;
  }
  abort_exchange();
  context_.replies.login_failed(failure);
}

void Authorization::keys_found(const sasl::ScramKeys& keys, std::string_view nonce) {
  // The client may have given up the exchange while its keys were looked up.
  if (exchange_) advance_exchange(exchange_->keys(keys, nonce));
}

bool Authorization::too_many_attempts() const {
  return failed_attempts_ >= limits::kLoginAttemptsMax;
}

}  // namespace restante::pop3
