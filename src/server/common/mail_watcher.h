// A part of the server that has to know at once that a maildrop has new mail.
#pragma once

#include <string>

namespace restante::server {

/// Callable from any thread.
class MailWatcher {
 public:
  virtual ~MailWatcher() = default;
  /// Mail for this account is durable. Never waits.
  virtual void delivered(const std::string& account) = 0;
};

}  // namespace restante::server
