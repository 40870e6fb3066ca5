// Every way to log in, as one table: the mechanisms of SASL, and POP3's own commands APOP and USER,
// which a client may be told to use. Names and demands are read here by the sessions of both
// sides and by the configurations of both programs.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "sasl/crypto.h"

namespace restante::sasl {

class ServerMechanism;
class ClientMechanism;
struct ExchangeContext;
struct ClientSituation;
struct ClientCredentials;

enum class MechanismId : std::uint8_t {
  kScramSha256Plus,
  kScramSha256,
  kScramSha1Plus,
  kScramSha1,
  kExternal,
  kOauthBearer,
  kXoauth2,
  kPlain,
  kLogin,
  kCramMd5,
  kApop,  ///< A command, and no mechanism.
  kUser,  ///< The same: USER with PASS.
};

class MechanismSet {
 public:
  MechanismSet() = default;
  MechanismSet(std::initializer_list<MechanismId> ids) {
    for (const MechanismId id : ids) add(id);
  }
  [[nodiscard]] bool has(MechanismId id) const { return (bits_ & bit(id)) != 0; }
  void add(MechanismId id) { bits_ |= bit(id); }
  void remove(MechanismId id) { bits_ &= ~bit(id); }
  bool operator==(const MechanismSet&) const = default;

 private:
  static std::uint32_t bit(MechanismId id) { return 1U << static_cast<unsigned>(id); }
  std::uint32_t bits_ = 0;
};

/// What a client proves itself by.
enum class CredentialKind : std::uint8_t { kPassword, kToken, kCertificate };

/// The property that the channel must have; without it, a mechanism is neither offered nor taken.
enum class Needs : std::uint8_t {
  kNothing,
  kPrivacy,      ///< A password or a token goes in clear: no channel that others can read.
  kBinding,      ///< Data that bind the exchange to the channel.
  kCertificate,  ///< Of the client.
};

struct MechanismInfo {
  MechanismId id{};
  std::string_view name;  ///< As in CAPA, AUTH and configurations; AUTH's case does not matter.
  CredentialKind takes = CredentialKind::kPassword;
  Needs needs = Needs::kPrivacy;    ///< Of a row that does not say it, too.
  std::optional<Hash> scram;        ///< The hash of the keys that the server needs.
  bool is_old_digest = false;       ///< A listener can guess the password: by consent alone.
  bool says_authorization = false;  ///< It has words for an authzid.
  /// Null for a command.
  std::unique_ptr<ServerMechanism> (*make_server)(const ExchangeContext& context) = nullptr;
  std::unique_ptr<ClientMechanism> (*make_client)(const ClientSituation& situation,
                                                  ClientCredentials credentials) = nullptr;
};

/// The whole table: the mechanisms, the preferred first, then the commands.
std::span<const MechanismInfo> login_ways();
/// The mechanisms alone.
std::span<const MechanismInfo> server_mechanisms();

std::vector<std::string_view> names_of(std::span<const MechanismInfo> ways);

const MechanismInfo& info_of(MechanismId id);
/// The mechanism of this name, or nullptr; without regard to case.
const MechanismInfo* find_server_mechanism(std::string_view name);
/// The same, and a command by its name.
const MechanismInfo* find_login_way(std::string_view name);

/// Whether one of them binds the exchange to the channel.
bool has_bound_form(MechanismSet mechanisms);
/// `mechanisms`, and those that are one of them with channel binding.
MechanismSet with_bound_forms(MechanismSet mechanisms);

}  // namespace restante::sasl
