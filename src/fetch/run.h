// What the parts of one run share. Private to the collector.
#pragma once

#include <string>
#include <unordered_set>

#include "fetch/collector.h"
#include "fetch/local_mail.h"

namespace restante::fetch {

struct Run {
  Run(const CollectOptions& o, LocalMail& l, Observer& watcher, Report& r)
      : options(o), local(l), observer(watcher), report(r) {}

  const CollectOptions& options;
  LocalMail& local;
  Observer& observer;
  Report& report;
  /// Unique ids of messages that were not whole here, and are fetched again: once a run.
  std::unordered_set<std::string> refetched;

  /// Tells the user, once.
  void note(std::string text) {
    for (const std::string& said : report.notes)
      if (said == text) return;
    observer.noted(text);
    report.notes.push_back(std::move(text));
  }
};

}  // namespace restante::fetch
