// One account collected, or several at once: the engine with what a program adds to it: credentials
// that a person may have to type, and progress.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "fetch/run/collector.h"
#include "restante/fetching/progress_board.h"
#include "restante/fetching/questions.h"
#include "restante/frame/context.h"

namespace restante::cli {

struct FetchOptions {
  std::vector<std::string> accounts;
  bool dry_run = false;
  bool keep = false;
  bool confirm = false;  ///< A person is shown the deletions, and asked.
  bool watch = false;
  bool no_index = false;
  bool retry = false;  ///< Now, what failed or was refused before.
};

class FetchRun {
 public:
  /// All of them outlive this.
  FetchRun(const Context& context, const FetchOptions& options, const net::StopSignal& stop,
           ProgressBoard::Show show)
      : context_(context), options_(options), stop_(stop), board_(show), questions_(board_) {}

  /// One report an account, in their order; one thread each.
  std::vector<fetch::Report> collect(const std::vector<const profile::Account*>& accounts);
  /// From any thread, but for one account at a time; `stop` is the thread's.
  fetch::Report collect(const profile::Account& account, const net::StopSignal& stop) {
    return collect_with(account, nullptr, stop);
  }
  /// Indexes what has come, so that the next list or search need not: when all is done and told. It
  /// takes half a minute at most; what it leaves, and what fails, is the next one's. Gives lines
  /// for people: why it failed, and which messages cannot be read; that no mail can be read at all
  /// once. From any thread; `stop` is the thread's.
  std::vector<std::string> index(const net::StopSignal& stop);
  /// Whether what a run came to may be written down: the archive is the account's. Its disk may be
  /// another one now, and an account that is gone must not leave rows.
  [[nodiscard]] bool may_record(const fetch::Report& report) const;
  [[nodiscard]] const Context& context() const { return context_; }

 private:
  /// Not of one that only looked.
  void note(const profile::Account& account, fetch::Report& report);
  fetch::Report collect_with(const profile::Account& account, fetch::Observer* row,
                             const net::StopSignal& stop);
  Result<fetch::Credential> credential(const profile::Account& account,
                                       const net::StopSignal& stop);
  Result<Questions::Answer> confirm(const profile::Account& account,
                                    std::span<const fetch::Deletion> deletions,
                                    const net::StopSignal& stop, const fetch::KeepAlive& tick);

  const Context& context_;
  const FetchOptions& options_;
  const net::StopSignal& stop_;
  ProgressBoard board_;
  Questions questions_;
  std::timed_mutex indexing_;
  bool told_no_reader_ = false;  // Under it.
};

}  // namespace restante::cli
