// How a connection is had in a process that may neither connect nor read files: another process
// connects, and the authorities were read before.
#pragma once

#include <openssl/types.h>

#include <functional>
#include <memory>

#include "base/result.h"
#include "files/descriptor.h"

namespace restante::fetch {

/// Empty: the connection is made here.
struct Way {
  /// A connected socket to the account's server. Errors: as net::ClientStream::connect().
  std::function<Result<files::Descriptor>()> connect{};
  std::shared_ptr<X509_STORE> authorities{};
};

}  // namespace restante::fetch
