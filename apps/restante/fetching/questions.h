// Questions that several accounts have for one person: one at a time, on the terminal, with the
// progress bars away. A person takes time: a thread that asks, or waits for its turn, can do
// something meanwhile.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "base/secret_string.h"
#include "dial/stop_signal.h"
#include "restante/fetching/progress_board.h"

namespace restante::cli {

/// From any thread.
class Questions {
 public:
  enum class Answer : std::uint8_t {
    kYes,
    kNo,
    kNobody,  ///< No answer came in time.
  };
  struct Times {
    std::chrono::seconds patience{600};  ///< For one answer, from when the question is shown.
    std::chrono::milliseconds tick{5000};
  };

  /// The board outlives this.
  explicit Questions(ProgressBoard& board) : Questions(board, Times()) {}
  Questions(ProgressBoard& board, Times times) : board_(board), times_(times) {}

  /// Shows the text, then the question. `tick` is called while we wait, for our turn, too. Keys
  /// that were typed before the question was shown are no answer. Errors: kState (`stop` was
  /// raised), those of `tick`.
  Result<Answer> agrees(const std::string& text, const std::string& question,
                        const net::StopSignal& stop, const std::function<Status()>& tick);
  /// A password, asked for once: the same prompt gets the same answer until forget(). Errors: as
  /// console::ask_password(), kState (`stop` was raised).
  Result<SecretString> password(const std::string& prompt, const net::StopSignal& stop);
  void forget();

 private:
  Status await_turn(std::unique_lock<std::timed_mutex>& turn, const net::StopSignal& stop,
                    const std::function<Status()>& tick);

  ProgressBoard& board_;
  const Times times_;
  std::timed_mutex turn_;                      // One person answers one question at a time.
  std::map<std::string, SecretString> typed_;  // By prompt. Guarded by turn_.
};

}  // namespace restante::cli
