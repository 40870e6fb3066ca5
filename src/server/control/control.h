// The control socket, data_dir/control: made before the sandbox, served on a thread of its own, so
// that it answers also while the sessions are stuck.
#pragma once

#include <filesystem>
#include <memory>

#include "files/descriptor.h"
#include "process/privileges.h"
#include "server/control/desk.h"

namespace restante::control {

/// At once; a quarter of them is for those that may act.
inline constexpr std::size_t kConnectionsMax = 16;
inline constexpr std::size_t kReadersMax = 12;

struct Socket {
  std::filesystem::path path;
  files::Descriptor descriptor;  ///< Listens.
};

/// Takes the place of one that no server answers at; 0660, `user`'s and its group's. Before the
/// process becomes another user. Errors: kBusy (another server answers there), kSyntax (the path
/// is too long), kIo.
Result<Socket> open_socket(const std::filesystem::path& data_dir, const process::Identity& user);

class Control {
 public:
  /// The desk outlives it.
  Control(Socket socket, Desk& desk);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// Errors: kLimit: it has no thread.
  Status start();
  /// Removes the socket's file, ends the connections, and waits for acts that are under way.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace restante::control
