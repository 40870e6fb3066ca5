// SCRAM, server side, to its end: a client that knows the password, and an attacker in between who
// may change each message. A client that is let in has sent, and was sent, exactly what arrived;
// without changes it is let in. The client is written out here, with keys that are made once, so
// that a run costs no 4096 iterations.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "input.h"
#include "sasl/base64.h"
#include "sasl/credential_limits.h"
#include "sasl/scram.h"
#include "sasl/scram_keys.h"
#include "sasl/scram_messages.h"

namespace {

using namespace restante::sasl;  // NOLINT(google-build-using-namespace): a program of its own
using restante::Error;
using restante::fuzz::Input;

constexpr std::string_view kName = "m\xc3\xbcller,=@x.test";
constexpr std::string_view kSalt = "sixteen octets..";
constexpr std::string_view kClientNonce = "fyko+d2lbbFgONRv9qkxdawL";
constexpr std::string_view kServerNonce = "3rfcNHYJY1ZVvWVs7j";
constexpr std::string_view kBindingType = "tls-exporter";

struct Secrets {
  ScramKeys keys;
  std::string client_key;
};

Secrets make_secrets(Hash hash, std::string_view password) {
  Secrets out;
  out.keys = derive_scram_keys(hash, password, kSalt, kScramIterationsMin);
  out.client_key = hmac(hash, pbkdf2(hash, password, kSalt, kScramIterationsMin), "Client Key");
  return out;
}

const Secrets& secrets_of(Hash hash, bool right) {
  static const std::array<Secrets, 4> made = {
      make_secrets(Hash::kSha1, "no"), make_secrets(Hash::kSha1, "pencil"),
      make_secrets(Hash::kSha256, "no"), make_secrets(Hash::kSha256, "pencil")};
  return made[(hash == Hash::kSha256 ? 2U : 0U) + (right ? 1U : 0U)];
}

/// What both ends know and have, from the first bytes of the input.
struct Setting {
  explicit Setting(Input& input) {
    const unsigned bits = input.take_byte();
    hash = (bits & 1U) != 0 ? Hash::kSha256 : Hash::kSha1;
    plus = (bits & 2U) != 0;
    offered = (bits & 4U) != 0;
    right_password = (bits & 8U) == 0;
    same_channel = (bits & 16U) == 0;
    initial = (bits & 32U) == 0;
    if ((bits & 64U) != 0) authorization = "other=,@x.test";
    flag = std::string_view("npy")[input.take_byte() % 3];
  }
  [[nodiscard]] bool fits() const {
    if (!right_password) return false;
    if (plus) return flag == 'p' && same_channel;
    return flag == 'n' || (flag == 'y' && !offered);
  }
  Hash hash{};
  bool plus = false;            ///< The mechanism is -PLUS,
  bool offered = false;         ///< and was announced.
  bool right_password = false;  ///< The server has the keys of the client's password.
  bool same_channel = false;    ///< No attacker is in the middle of the TLS channel.
  bool initial = false;         ///< The first message comes with the command.
  std::string authorization;
  char flag = 'n';
};

/// Each message as it was sent and as it arrived.
class Exchange {
 public:
  Exchange(const Setting& setting, Input& input)
      : setting_(setting),
        input_(input),
        server_(setting.hash,
                setting.plus ? ScramServer::Binding::kRequired : ScramServer::Binding::kNone,
                ExchangeContext{{{"tls-unique", "xyz"}, {std::string(kBindingType), "channel"}},
                                setting.offered,
                                ""}) {}

  void run() {
    Step step = begin();
    if (const auto* const wanted = std::get_if<KeysWanted>(&step)) {
      RESTANTE_CHECK(check_name(wanted->name).has_value() && wanted->hash == setting_.hash);
      step = server_.keys(secrets_of(setting_.hash, setting_.right_password).keys, kServerNonce);
      go_on(step);
      step = server_.keys(secrets_of(setting_.hash, true).keys, kServerNonce);
    }
    RESTANTE_CHECK(std::holds_alternative<Error>(step));
  }

 private:
  Step begin() {
    const bool binds = setting_.flag == 'p';
    header_ = binds ? "p=" + std::string(kBindingType) : std::string(1, setting_.flag);
    header_ += ',';
    if (!setting_.authorization.empty()) header_ += "a=" + escape_name(setting_.authorization);
    header_ += ',';
    bare_ = "n=" + escape_name(kName) + ",r=" + std::string(kClientNonce);
    const std::string first = arrive(header_ + bare_);
    if (setting_.initial) return server_.start(first);
    const Step asked = server_.start(std::nullopt);
    RESTANTE_CHECK(std::get<Challenge>(asked).bytes.empty());
    return server_.respond(first);
  }

  void go_on(const Step& step) {
    const std::string challenge = arrive(std::get<Challenge>(step).bytes);
    const auto parsed = parse_server_first(challenge);
    std::string last = "c=";
    const std::string_view channel = setting_.same_channel ? "channel" : "another";
    append_base64(header_ + std::string(setting_.flag == 'p' ? channel : ""), last);
    last += ",r=" + std::string(parsed ? parsed->nonce : kClientNonce);
    const std::string auth_message = bare_ + ',' + challenge + ',' + last;
    const Secrets& known = secrets_of(setting_.hash, true);
    const std::string signature = hmac(setting_.hash, known.keys.stored_key, auth_message);
    last += ",p=";
    append_base64(exclusive_or(known.client_key, signature), last);
    judge(server_.respond(arrive(last)), hmac(setting_.hash, known.keys.server_key, auth_message));
  }

  void judge(const Step& step, std::string_view server_signature) {
    const auto* const verifier = std::get_if<Challenge>(&step);
    RESTANTE_CHECK((verifier != nullptr) == (setting_.fits() && !changed_));
    if (verifier == nullptr) {
      RESTANTE_CHECK(std::holds_alternative<Disproven>(step) ||
                     std::holds_alternative<Error>(step));
      return;
    }
    RESTANTE_CHECK(parse_server_final(verifier->bytes).value() == server_signature);
    const Step end = server_.respond(arrive(""));
    const auto* const proven = std::get_if<Proven>(&end);
    RESTANTE_CHECK((proven != nullptr) == !changed_);
    if (proven == nullptr) return;
    RESTANTE_CHECK(proven->name == kName && proven->authorization == setting_.authorization);
  }

  std::string arrive(std::string_view message) {
    std::string changed = input_.change(message);
    changed_ = changed_ || changed != message;
    return changed;
  }

  const Setting& setting_;
  Input& input_;
  ScramServer server_;
  std::string header_;
  std::string bare_;
  bool changed_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const Setting setting(input);
  Exchange(setting, input).run();
  return 0;
}
