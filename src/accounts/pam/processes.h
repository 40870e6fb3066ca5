// Processes that ask PAM, so that one slow module does not hold up other logins: modules come from
// many authors, and few of them can be asked twice at once in one process. Each of these processes
// answers one question at a time, and each question has a process of its own below it: a module
// that crashes or hangs costs the one login.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "accounts/pam/settings.h"
#include "accounts/pam/wire.h"
#include "base/result.h"

namespace restante::accounts::pam {

/// Callable from any thread.
class Processes {
 public:
  /// Forks settings.connections processes, which end with this one. Before there are threads.
  /// Errors: kIo, kLimit.
  static Result<std::unique_ptr<Processes>> start(const Settings& settings);
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;

  /// As authenticate() (transaction.h), in another process. Waits for one that is free. Errors:
  /// kAuth; kIo (PAM cannot say, its module crashed, or gave no answer within module_max).
  Status ask(const std::string& user, std::string_view password, std::string_view peer);

 private:
  struct Process;

  explicit Processes(std::chrono::seconds answer_max);
  enum class State : std::uint8_t { kFree, kSilent, kEnded };
  Result<Process*> acquire();
  void release(Process* process, State state);
  void take_back_silent();
  /// nullopt: the process has ended.
  std::optional<Status> ask_one(Process& process, Question& question) const;

  const std::chrono::seconds answer_max_;
  std::vector<std::unique_ptr<Process>> all_;
  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  std::vector<Process*> free_;
  std::vector<Process*> silent_;  ///< They owe an answer.
  std::size_t ended_ = 0;         ///< Of all_: they get no more questions.
};

}  // namespace restante::accounts::pam
