// What the parts of one run share. Private to the collector.
#pragma once

#include <string>
#include <unordered_set>

#include "fetch/plan/pipelining.h"
#include "fetch/run/collector.h"
#include "fetch/state/local_mail.h"

namespace restante::fetch {

struct Run {
  Run(const CollectOptions& o, LocalMail& l, Habits& h, Observer& watcher, Report& r)
      : options(o), local(l), habits(h), pipelining(h), observer(watcher), report(r) {}

  const CollectOptions& options;
  LocalMail& local;
  Habits& habits;
  Pipelining pipelining;
  Observer& observer;
  Report& report;
  /// DELE was sent, and no +OK has come to QUIT: by what stands for the unique id.
  std::unordered_set<std::string> unconfirmed;
  bool planned =
      false;  ///< A plan was made: what the next ones leave for later failed in this run.
  /// A listing of this run was doubted: nothing is deleted in it, even if the next listing is good.
  bool listing_doubted = false;
  bool retried = false;  ///< What failed before was asked for again.
  /// Unique ids of messages that were not whole here, and are fetched again: once a run.
  std::unordered_set<std::string> refetched;
  /// While a session is open and has no request open: to be called between long works of our own.
  /// A NOOP goes out when the server may begin to think that we are gone.
  KeepAlive keep_alive;

  /// Tells the user, once.
  void note(std::string text) {
    for (const std::string& said : report.notes)
      if (said == text) return;
    observer.noted(text);
    report.notes.push_back(std::move(text));
  }
};

}  // namespace restante::fetch
