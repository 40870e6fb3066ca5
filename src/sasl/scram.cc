#include "sasl/scram.h"

#include "base/secret_string.h"
#include "sasl/base64.h"
#include "sasl/credential_limits.h"
#include "sasl/prepare.h"
#include "sasl/scram_messages.h"

namespace restante::sasl {

Step ScramServer::start(std::optional<std::string_view> initial) {
  if (!initial) return Challenge{};
  return respond(*initial);
}

Step ScramServer::respond(std::string_view response) {
  switch (await_) {
    case Await::kFirst: return take_first(response);
    case Await::kFinal: return take_final(response);
    case Await::kAcknowledgement:
      if (!response.empty()) return Error(Errc::kSyntax, "SCRAM goes on behind its end");
      // A client that acknowledges with words has another idea of where the exchange is.
      return Proven{name_, authorization_};
    case Await::kKeys: break;
  }
  return Error(Errc::kState, "SCRAM without keys");
}

Step ScramServer::take_first(std::string_view message) {
  auto first = parse_client_first(message);
  if (!first) return std::move(first).error();
  const Gs2Header& header = first->header;
  // Before the name is looked up: no keys go over a connection that an attacker sits in.
  if (Status fits = choose_binding(header.flag, header.binding_type); !fits)
    return std::move(fits).error();
  name_ = std::move(first->name);
  authorization_ = header.authorization;
  nonce_ = first->nonce;
  // The client repeats the header in its last message: a change of it on the way breaks the proof.
  binding_data_.insert(0, header.text);
  // Both sides sign all three messages, so that no change on the way goes unseen.
  auth_message_ = first->bare;
  await_ = Await::kKeys;
  return KeysWanted{hash_, name_};
}

/// RFC 5802 s.6. A client that thinks that we have no channel binding, while we do, was lied to by
/// an attacker in between.
Status ScramServer::choose_binding(char flag, std::string_view type) {
  if (binding_ == Binding::kNone) {
    if (flag == 'p') return Error(Errc::kSyntax, "channel binding without -PLUS");
    if (flag == 'y' && context_.binding_offered)
      return Error(Errc::kSyntax, "the client was not told of channel binding");
    return ok();
  }
  if (flag != 'p') return Error(Errc::kSyntax, "-PLUS without channel binding");
  // By the type's name: a client knows which one it can compute, and takes one that we offer.
  for (const ChannelBinding& known : context_.bindings) {
    if (known.type != type) continue;
    binding_data_ = known.data;
    return ok();
  }
  return Error(Errc::kSyntax, "unknown channel binding");
}

Step ScramServer::keys(const ScramKeys& keys, std::string_view nonce) {
  if (await_ != Await::kKeys) return Error(Errc::kState, "SCRAM keys unasked");
  keys_ = keys;
  // Ours is added to the client's, so that neither side alone decides what is signed.
  nonce_ += nonce;
  std::string first = "r=" + nonce_ + ",s=";
  append_base64(keys.salt, first);
  first += ",i=" + std::to_string(keys.iterations);
  auth_message_ += "," + first;
  await_ = Await::kFinal;
  return Challenge{std::move(first)};
}

/// Everything is computed before anything is compared, so that a wrong message takes as long.
Step ScramServer::take_final(std::string_view message) {
  const auto last = parse_client_final(message);
  if (!last) return last.error();
  auth_message_ += ",";
  auth_message_ += last->without_proof;
  const std::string signature = hmac(hash_, keys_.stored_key, auth_message_);
  // A proof of another length is computed with, too, by a stand-in.
  const bool whole = last->proof.size() == signature.size();
  const std::string client_key = exclusive_or(whole ? last->proof : signature, signature);
  const bool proved = same_bytes(digest(hash_, client_key), keys_.stored_key);
  const bool bound = same_bytes(last->binding, binding_data_);
  const bool fresh = same_bytes(last->nonce, nonce_);
  if (!(whole && proved && bound && fresh)) return Disproven{name_};
  std::string verifier = "v=";
  append_base64(hmac(hash_, keys_.server_key, auth_message_), verifier);
  await_ = Await::kAcknowledgement;
  return Challenge{std::move(verifier)};
}

ScramBinding binding_for(bool is_plus, const ClientSituation& situation) {
  if (is_plus && !situation.bindings.empty()) return {'p', situation.bindings.front()};
  // With 'y' a server that has it would take us for deceived; 'n' says that we are content without.
  // 'y' is only for a server that offers no channel binding at all.
  const bool server_can = has_bound_form(situation.offered);
  return {situation.bindings.empty() || server_can ? 'n' : 'y', {}};
}

Result<std::optional<SecretString>> ScramClient::start() {
  // The same characters in another form would be another password: both sides prepare them.
  RESTANTE_TRY(const std::string name, prepare(credentials_.name));
  RESTANTE_CHECKED(check_name(name));
  RESTANTE_CHECKED(check_password(credentials_.secret));
  RESTANTE_TRY(std::string password, prepare(credentials_.secret));
  credentials_.secret = SecretString(password);
  wipe(password);
  header_ = binding_.flag == 'p' ? "p=" + binding_.channel.type : std::string(1, binding_.flag);
  header_ += ',';
  if (!credentials_.authorization.empty())
    header_ += "a=" + escape_name(credentials_.authorization);
  header_ += ',';
  bare_ = "n=" + escape_name(name) + ",r=" + nonce_;
  const std::string message = header_ + bare_;
  RESTANTE_CHECKED(parse_client_first(message));  // What a server could not take is not sent.
  await_ = Await::kServerFirst;
  return std::optional<SecretString>(SecretString(message));
}

Result<SecretString> ScramClient::respond(std::string_view challenge) {
  // One answer to each message: a server that repeats one gets no second proof.
  switch (std::exchange(await_, Await::kFailed)) {
    case Await::kServerFirst: return take_first(challenge);
    case Await::kServerFinal: return take_final(challenge);
    case Await::kNothing: return Error(Errc::kSyntax, "SCRAM goes on behind its end");
    case Await::kStart:
    case Await::kFailed: break;
  }
  return Error(Errc::kState, "SCRAM is not under way");
}

Result<SecretString> ScramClient::take_first(std::string_view message) {
  RESTANTE_TRY(const ServerFirst first, parse_server_first(message));
  // Else an old message of the server could be played again.
  if (!first.nonce.starts_with(nonce_) || first.nonce.size() == nonce_.size())
    return Error(Errc::kAuth, "SCRAM nonce is not made of ours");
  // A false server asks for few, to guess the password from the proof.
  if (first.iterations < kScramIterationsMin)
    return Error(Errc::kLimit, "too few SCRAM iterations: " + std::to_string(first.iterations));
  std::string last = "c=";
  append_base64(header_ + (binding_.flag == 'p' ? binding_.channel.data : ""), last);
  // What is bound stands in the signed text itself, so it cannot be another channel's.
  last += ",r=";
  last += first.nonce;
  const std::string auth_message = bare_ + ',' + std::string(message) + ',' + last;
  const std::string proof = make_proof(first.salt, first.iterations, auth_message);
  last += ",p=";
  append_base64(proof, last);
  // No proof counts before the server has proved that it knows the keys, too.
  await_ = Await::kServerFinal;
  return SecretString(last);
}

/// RFC 5802 s.3. The password is gone afterwards.
std::string ScramClient::make_proof(std::string_view salt, std::uint32_t iterations,
                                    std::string_view auth_message) {
  std::string salted = pbkdf2(hash_, credentials_.secret, salt, iterations);
  credentials_.secret = SecretString();
  std::string client_key = hmac(hash_, salted, "Client Key");
  std::string server_key = hmac(hash_, salted, "Server Key");
  const std::string signature = hmac(hash_, digest(hash_, client_key), auth_message);
  std::string proof = exclusive_or(client_key, signature);
  server_signature_ = hmac(hash_, server_key, auth_message);
  wipe(salted);
  // Only then can it be compared, since the password is gone.
  wipe(client_key);
  wipe(server_key);
  return proof;
}

Result<SecretString> ScramClient::take_final(std::string_view message) {
  // The server proves itself as well: one that merely said yes to any proof is not the one that has
  // the keys.
  RESTANTE_TRY(const std::string signature, parse_server_final(message));
  if (!same_bytes(signature, server_signature_))
    return Error(Errc::kAuth, "the server does not know the keys of this password");
  await_ = Await::kNothing;
  return SecretString();
}

}  // namespace restante::sasl
