// The tokens of an account, kept between runs: in a file of the state folder that only its owner
// may read, replaced whole, or in the keyring. A refresh token that an issuer replaces is used up
// (RFC 6749 s.6), so the new one is on the disk before anybody uses what came with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "files/descriptor.h"
#include "profile/profile.h"

namespace restante::fetch {

struct Tokens {
  SecretString access;
  SecretString refresh;      ///< Empty: the issuer gave none.
  std::int64_t expires = 0;  ///< Of `access`: seconds since 1970.
};

class TokenStore {
 public:
  TokenStore(const profile::Account& account, const profile::Issuer& issuer,
             const net::StopSignal& stop);

  /// Held by one process at a time, until this object goes. Errors: kIo.
  Status lock();
  /// Nothing when there are none. Errors: kIo, kCorrupt, kAuth (others may read the file).
  Result<std::optional<Tokens>> load() const;
  /// On the disk, or in the keyring, when it returns.
  Status save(const Tokens& tokens) const;
  /// Takes them from this machine; fine when there are none. Errors: kIo.
  Status forget() const;

 private:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / (name_ + ".json"); }

  const std::filesystem::path folder_;
  const std::string name_;
  const bool keyring_;
  const net::StopSignal& stop_;
  files::Descriptor lock_;
};

}  // namespace restante::fetch
