// What the parts of one run share. Private to the collector.
#pragma once

#include <string>

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
