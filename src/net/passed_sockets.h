// Listening sockets that a supervisor opened for us (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS and
// LISTEN_FDNAMES in the environment, the descriptors from 3 on. Their sender and their protocols
// are not known here.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "net/listener.h"

namespace restante::net {

class PassedSockets {
 public:
  /// Takes the sockets that were passed to this process, once: the variables are gone afterwards.
  /// No socket is no error. Errors: kSyntax (variables that contradict each other).
  static Result<PassedSockets> take();

  /// All of that name, each for `count` workers, non-blocking. They are taken out. Errors:
  /// kNotFound (no such name; the detail lists the names), kSyntax (not a listening stream socket),
  /// kIo.
  Result<std::vector<ListenSockets>> named(const std::string& name, std::size_t count);

  /// The names of the sockets that named() has not taken out.
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  struct Passed {
    std::string name;
    files::Descriptor socket;
  };
  std::vector<Passed> passed_;
};

}  // namespace restante::net
