#include "sasl/scram_server.h"

#include "sasl/base64.h"
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
      return Proven{name_, authorization_};
    case Await::kKeys: break;
  }
  return Error(Errc::kState, "SCRAM without keys");
}

Step ScramServer::take_first(std::string_view message) {
  auto first = parse_client_first(message);
  if (!first) return std::move(first).error();
  const Gs2Header& header = first->header;
  if (Status fits = choose_binding(header.flag, header.binding_type); !fits)
    return std::move(fits).error();
  name_ = std::move(first->name);
  authorization_ = header.authorization;
  nonce_ = first->nonce;
  binding_data_.insert(0, header.text);
  auth_message_ = first->bare;
  await_ = Await::kKeys;
  return KeysWanted{hash_, name_};
}

/// RFC 5802 s.6. A client that thinks that we have no channel binding, while we do, was lied to by
/// somebody in between.
Status ScramServer::choose_binding(char flag, std::string_view type) {
  if (binding_ == Binding::kNone) {
    if (flag == 'p') return Error(Errc::kSyntax, "channel binding without -PLUS");
    if (flag == 'y' && context_.binding_offered)
      return Error(Errc::kSyntax, "the client was not told of channel binding");
    return ok();
  }
  if (flag != 'p') return Error(Errc::kSyntax, "-PLUS without channel binding");
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

}  // namespace restante::sasl
