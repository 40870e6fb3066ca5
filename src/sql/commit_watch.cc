#include "sql/commit_watch.h"

namespace restante::sql {

Result<bool> CommitWatch::has_changed(Connection& connection, Statement& data_version) {
  const auto mark = commit_mark(connection);
  if (mark && mark == mark_) return false;
  const ResetAtEnd reset(data_version);
  RESTANTE_TRY(const bool row, data_version.step());
  const std::int64_t version = row ? data_version.number(0) : 0;
  mark_ = mark;
  if (version == data_version_) return false;
  data_version_ = version;
  return true;
}

void CommitWatch::begin_anew() {
  data_version_ = 0;
  mark_.reset();
}

}  // namespace restante::sql
