#include "fetch/session/login.h"

#include "base/ascii.h"
#include "fetch/session/cure.h"
#include "fetch/session/sasl_exchange.h"
#include "pop3/client_command.h"
#include "sasl/apop_digest.h"

namespace restante::fetch {
namespace {

using Kind = pop3::ClientReply::Kind;

sasl::ClientSituation situation_of(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                                   const LoginOptions& options) {
  const net::ClientStream& stream = dialogue.stream();
  sasl::ClientSituation out;
  out.offered = sasl::parse_mechanism_names(capabilities.sasl);
  // In the greeting alone, as RFC 1939 has it.
  if (!sasl::find_apop_timestamp(options.greeting).empty())
    out.offered.add(sasl::MechanismId::kApop);
  out.offered.add(sasl::MechanismId::kUser);  // CAPA's word on it is not to be relied on.
  out.kind = options.kind;
  // A loopback connection leaves no machine.
  out.is_private = stream.is_tls() || stream.is_loopback();
  for (auto [type, data] : {std::pair("tls-exporter", stream.exporter_binding()),
                            std::pair("tls-unique", stream.unique_binding())})
    if (!data.empty()) out.bindings.push_back({type, data});
  out.old_digests = options.account.old_digests;
  out.service = {options.account.host, options.account.port};
  if (!options.account.authzid.empty()) {
    // Those without words for it would open the login's own mailbox.
    for (const sasl::MechanismInfo& way : sasl::login_ways())
      if (!way.says_authorization) out.offered.remove(way.id);
  }
  return out;
}

Error not_offered(const Dialogue& dialogue, const LoginOptions& options) {
  return dialogue.error(Errc::kAuth, "does not offer " + to_upper(*options.account.mechanism) +
                                         ", which the account names as its mechanism");
}

/// The one that the account names, and no other.
Result<sasl::MechanismId> named_way(const Dialogue& dialogue, sasl::ClientSituation& situation,
                                    bool known, const LoginOptions& options) {
  const std::string& name = *options.account.mechanism;
  const sasl::MechanismInfo* const way = sasl::find_login_way(name);
  if (way == nullptr) return dialogue.error(Errc::kAuth, "mechanism " + name + " is unknown to us");
  if (way->id == sasl::MechanismId::kUser) {
    if (situation.is_private && options.kind == way->takes) return way->id;
    return dialogue.error(Errc::kAuth,
                          "USER would send the password for everybody to read: use TLS");
  }
  // APOP is not in CAPA, but in the greeting.
  // A server without CAPA may have it all the same: named, it is tried.
  const bool offer_known = known || way->id == sasl::MechanismId::kApop;
  if (offer_known && !situation.offered.has(way->id)) return not_offered(dialogue, options);
  // To the server it must not look as if an attacker had hidden its -PLUS from us (RFC 5802 s.6).
  if (way->needs != sasl::Needs::kBinding && sasl::has_bound_form(situation.offered))
    situation.bindings.clear();
  // An old digest that the account names is its owner's choice.
  situation.old_digests = true;
  situation.offered = {way->id};
  const auto chosen = sasl::choose_mechanism(situation);
  if (!chosen) return dialogue.error(Errc::kAuth, name + ": " + chosen.error().detail);
  return *chosen;
}

Result<sasl::MechanismId> choose(const Dialogue& dialogue, sasl::ClientSituation& situation,
                                 bool known, const LoginOptions& options) {
  if (options.account.mechanism) return named_way(dialogue, situation, known, options);
  const auto chosen = sasl::choose_mechanism(situation);
  if (chosen) return *chosen;
  if (!options.account.authzid.empty())
    return dialogue.error(Errc::kAuth,
                          "offers no mechanism that can say authzid: PLAIN, SCRAM, "
                          "EXTERNAL or OAUTHBEARER; " +
                              chosen.error().detail);
  return dialogue.error(Errc::kAuth, chosen.error().detail);
}

Error login_refused(const Dialogue& dialogue, const pop3::ClientReply& reply,
                    const LoginOptions& options, std::string_view way) {
  Error error = dialogue.refused(
      reply, "login of " + options.account.user + " by " + std::string(way), Errc::kAuth);
  // The words say that something about the account has to be changed: trying again is of no use.
  if (is_account_matter(reply)) error.code = Errc::kAuth;
  const std::string_view cure = cure_of(reply, options.account.host, options.kind);
  // A server that is busy has nothing for the user to mend.
  if (!cure.empty() && error.code != Errc::kBusy) error.detail.append(": ").append(cure);
  return error;
}

Status log_in_by_user(Dialogue& dialogue, const LoginOptions& options) {
  RESTANTE_TRY(const SecretString user, pop3::format_command("USER", options.account.user));
  // USER's own refusal is rare, and tells of a name that does not exist.
  RESTANTE_CHECKED(dialogue.send(user));
  RESTANTE_TRY(const auto known, dialogue.receive());
  if (known.kind != Kind::kOk) return login_refused(dialogue, known, options, "USER");
  RESTANTE_TRY(const SecretString pass, pop3::format_command("PASS", options.secret));
  RESTANTE_CHECKED(dialogue.send_secret(pass, "PASS …"));
  RESTANTE_TRY(const auto reply, dialogue.receive());
  if (reply.kind != Kind::kOk) return login_refused(dialogue, reply, options, "USER and PASS");
  return ok();
}

Status log_in_by_apop(Dialogue& dialogue, const LoginOptions& options) {
  const auto digest =
      sasl::apop_digest(sasl::find_apop_timestamp(options.greeting), options.secret);
  if (!digest) return dialogue.error(Errc::kAuth, "APOP: " + digest.error().detail);
  RESTANTE_TRY(const SecretString line,
               pop3::format_command("APOP", options.account.user + " " + *digest));
  RESTANTE_CHECKED(dialogue.send_secret(line, "APOP " + options.account.user + " …"));
  RESTANTE_TRY(const auto reply, dialogue.receive());
  if (reply.kind != Kind::kOk) return login_refused(dialogue, reply, options, "APOP");
  return ok();
}

/// False: the server does not know this mechanism, even if it has offered it; no secret was said.
Result<bool> log_in_by_sasl(Dialogue& dialogue, sasl::MechanismId id,
                            const sasl::ClientSituation& situation, const LoginOptions& options,
                            InitialResponse initial) {
  SaslExchange exchange(dialogue, id, std::string(sasl::info_of(id).name), initial);
  RESTANTE_TRY(
      const auto reply,
      exchange.run(sasl::make_client_mechanism(
          id, situation, {options.account.user, options.account.authzid, options.secret})));
  if (!reply) return false;
  if (reply->kind == Kind::kOk) return true;
  // A mechanism that was begun and refused: the secret is wrong, and no other way is tried.
  return login_refused(dialogue, *reply, options, exchange.name_with_reason());
}

}  // namespace

Status check_login(const LoginOptions& options) {
  RESTANTE_CHECKED(pop3::check_argument("the user name", options.account.user));
  RESTANTE_CHECKED(pop3::check_argument("authzid", options.account.authzid));
  return pop3::check_argument("the password or token", options.secret);
}

Result<std::string> log_in(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                           const LoginOptions& options) {
  // Before the first octet: a line break in a password would be a second command.
  RESTANTE_CHECKED(check_login(options));
  sasl::ClientSituation situation = situation_of(dialogue, capabilities, options);
  for (;;) {  // Ends: each turn but the last takes one mechanism out of a finite set.
    RESTANTE_TRY(const auto id, choose(dialogue, situation, capabilities.known, options));
    if (id == sasl::MechanismId::kUser) {
      RESTANTE_CHECKED(log_in_by_user(dialogue, options));
    } else if (id == sasl::MechanismId::kApop) {
      RESTANTE_CHECKED(log_in_by_apop(dialogue, options));
    } else {
      RESTANTE_TRY(const bool is_in,
                   log_in_by_sasl(dialogue, id, situation, options,
                                  capabilities.sasl_ir ? InitialResponse::kWithCommand
                                                       : InitialResponse::kWhenAsked));
      // An owner who names a mechanism wants no weaker one in its place.
      if (!is_in && options.account.mechanism) return not_offered(dialogue, options);
      if (!is_in) {
        situation.offered.remove(id);
        continue;
      }
    }
    return std::string(sasl::info_of(id).name);
  }
}

Result<std::string> choose_login(Dialogue& dialogue, const pop3::Capabilities& capabilities,
                                 const LoginOptions& options) {
  sasl::ClientSituation situation = situation_of(dialogue, capabilities, options);
  RESTANTE_TRY(const auto id, choose(dialogue, situation, capabilities.known, options));
  return std::string(sasl::info_of(id).name);
}

}  // namespace restante::fetch
