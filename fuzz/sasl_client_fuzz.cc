// The client's mechanisms against a server that says what it likes, and SCRAM also against a real
// one with an attacker in between. The way to log in is chosen from what the server offers. No
// password over a channel that others read, nor in another form than the mechanism's; the exchange
// ends; and SCRAM believes only a server that knows the keys and whose messages were not changed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "input.h"
#include "sasl/choose_mechanism.h"
#include "sasl/scram.h"
#include "sasl/scram_keys.h"
#include "sasl/scram_messages.h"

namespace {

using namespace restante::sasl;  // NOLINT(google-build-using-namespace): a program of its own
using restante::Errc;
using restante::SecretString;
using restante::fuzz::Input;

constexpr std::string_view kName = "user@x.test";
constexpr std::string_view kSecret = "Xq7-never.in-clear-9Zk";
constexpr std::size_t kResponsesMax = 2;
constexpr std::size_t kSentBytesMax = 4096;
constexpr std::uint32_t kIterationsTried = 5000;  // More only takes longer.

bool is_scram(MechanismId id) {
  return id == MechanismId::kScramSha1 || id == MechanismId::kScramSha1Plus ||
         id == MechanismId::kScramSha256 || id == MechanismId::kScramSha256Plus;
}

/// The only forms in which the secret may be said.
std::string clear_form_of(MechanismId id) {
  const std::string secret(kSecret);
  if (id == MechanismId::kPlain) return '\0' + std::string(kName) + '\0' + secret;
  if (id == MechanismId::kLogin) return secret;
  const std::string bearer = "\1auth=Bearer " + secret + "\1\1";
  if (id == MechanismId::kOauthBearer) return bearer;
  if (id == MechanismId::kXoauth2) return "user=" + std::string(kName) + bearer;
  return "";
}

class Client {
 public:
  Client(MechanismId id, const ClientSituation& situation, const ClientCredentials& credentials)
      : id_(id), mechanism_(make_client_mechanism(id, situation, credentials)) {}

  /// nullopt: it sends nothing more.
  std::optional<std::string> start() {
    auto first = mechanism_->start();
    if (!first) return std::nullopt;
    if (!*first) return "";
    check_sent(**first);
    return std::string((*first)->view());
  }
  std::optional<std::string> respond(std::string_view challenge) {
    const auto response = mechanism_->respond(challenge);
    if (!response) {
      RESTANTE_CHECK(!mechanism_->finished());
      return std::nullopt;
    }
    RESTANTE_CHECK(++responses_ <= kResponsesMax);
    check_sent(*response);
    return std::string(response->view());
  }
  [[nodiscard]] bool finished() const { return mechanism_->finished(); }

 private:
  void check_sent(const SecretString& sent) {
    RESTANTE_CHECK(sent.size() <= kSentBytesMax);
    if (sent.view().find(kSecret) == std::string_view::npos) return;
    RESTANTE_CHECK(!std::exchange(said_, true));
    const std::string form = clear_form_of(id_);
    RESTANTE_CHECK(!form.empty() && sent.view().ends_with(form));
  }

  const MechanismId id_;
  const std::unique_ptr<ClientMechanism> mechanism_;
  std::size_t responses_ = 0;
  bool said_ = false;
};

/// It knows no password: SCRAM must never believe it.
void meet_hostile(Client& client, MechanismId id, Input& input) {
  const auto said = client.start();
  if (!said) return;
  RESTANTE_CHECK(!is_scram(id) || !client.finished());
  bool answers = true;
  for (std::size_t turn = 0; answers; ++turn) {
    std::string challenge(input.take_piece(input.take_number() % 2048));
    if (is_scram(id) && turn == 0 && input.take_byte() % 2 == 0)
      challenge = "r=" + std::string(parse_client_first(*said).value().nonce) + challenge;
    const auto first = parse_server_first(challenge);
    if (is_scram(id) && first && first->iterations > kIterationsTried) return;
    answers = client.respond(challenge).has_value();
    RESTANTE_CHECK(!is_scram(id) || !client.finished());
  }
}

Hash hash_of(MechanismId id) {
  return id == MechanismId::kScramSha1 || id == MechanismId::kScramSha1Plus ? Hash::kSha1
                                                                            : Hash::kSha256;
}

const ScramKeys& keys_of(Hash hash) {
  static const ScramKeys sha1 = derive_scram_keys(Hash::kSha1, kSecret, "salt", 4096);
  static const ScramKeys sha256 = derive_scram_keys(Hash::kSha256, kSecret, "salt", 4096);
  return hash == Hash::kSha1 ? sha1 : sha256;
}

bool offers_binding(const ClientSituation& situation) {
  return situation.offered.has(MechanismId::kScramSha1Plus) ||
         situation.offered.has(MechanismId::kScramSha256Plus);
}

/// A server that knows the keys. The client ends believing it exactly when nothing was changed.
void meet_real(Client& client, MechanismId id, const ClientSituation& situation, Input& input) {
  const bool plus = id == MechanismId::kScramSha1Plus || id == MechanismId::kScramSha256Plus;
  const Hash hash = hash_of(id);
  ScramServer server(hash, plus ? ScramServer::Binding::kRequired : ScramServer::Binding::kNone,
                     ExchangeContext{situation.bindings, offers_binding(situation), ""});
  bool changed = false;
  const auto arrive = [&](std::string_view message) {
    std::string out = input.change(message);
    changed = changed || out != message;
    return out;
  };
  const auto first = client.start();
  if (!first) return;
  Step step = server.start(arrive(*first));
  if (!std::holds_alternative<KeysWanted>(step)) return RESTANTE_CHECK(changed);
  step = server.keys(keys_of(hash), "3rfcNHYJY1ZVvWVs7j");
  const std::string challenge = arrive(std::get<Challenge>(step).bytes);
  const auto parsed = parse_server_first(challenge);
  if (parsed && parsed->iterations > kIterationsTried) return;
  const auto proof = client.respond(challenge);
  if (!proof) return RESTANTE_CHECK(changed && !client.finished());
  step = server.respond(arrive(*proof));
  RESTANTE_CHECK(std::holds_alternative<Challenge>(step) == !changed);
  const std::string last = changed ? "v=AAAA" : arrive(std::get<Challenge>(step).bytes);
  client.respond(last);
  RESTANTE_CHECK(client.finished() == !changed);
}

ClientSituation take_situation(Input& input) {
  ClientSituation situation;
  const unsigned bits = input.take_byte();
  situation.offered = parse_mechanism_names(input.take_piece(input.take_byte()));
  if ((bits & 1U) != 0) situation.offered.add(MechanismId::kApop);
  situation.is_private = (bits & 2U) == 0;
  situation.old_digests = (bits & 4U) != 0;
  situation.kind = static_cast<CredentialKind>(bits / 8 % 3);
  if ((bits & 32U) != 0) situation.bindings = {{"tls-exporter", "channel"}};
  situation.service = {"mail.x.test", 995};
  return situation;
}

void check_choice(MechanismId id, const ClientSituation& situation) {
  RESTANTE_CHECK(situation.offered.has(id));
  const MechanismInfo& info = info_of(id);
  RESTANTE_CHECK(info.takes == situation.kind);
  RESTANTE_CHECK(situation.is_private || info.needs != Needs::kPrivacy);
  RESTANTE_CHECK(info.needs != Needs::kBinding || !situation.bindings.empty());
  RESTANTE_CHECK(situation.old_digests || !info.is_old_digest);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const ClientSituation situation = take_situation(input);
  const auto method = choose_mechanism(situation);
  if (!method) {
    RESTANTE_CHECK(method.error().code == Errc::kNotFound);
    return 0;
  }
  const MechanismId id = *method;
  check_choice(id, situation);
  if (id == MechanismId::kApop) return 0;
  ClientCredentials credentials{std::string(kName), "", SecretString(kSecret)};
  if (input.take_byte() % 4 == 1) credentials.authorization = "other@x.test";
  Client client(id, situation, credentials);
  if (is_scram(id) && input.take_byte() % 2 == 0)
    meet_real(client, id, situation, input);
  else
    meet_hostile(client, id, input);
  return 0;
}
