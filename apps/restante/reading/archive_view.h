// What the commands on the local mail start from: the archive, looked at afresh, and a query's
// words as a tree.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/search/query.h"
#include "archive/search/search.h"
#include "restante/frame/context.h"

namespace restante::cli {

class ArchiveView {
 public:
  /// Notices what changed in the Maildirs, and indexes what is new (told, with progress, when it
  /// takes a while). Errors: kNotFound (there is no archive yet; the detail says what to do), kIo,
  /// kBusy, kCorrupt.
  static Result<ArchiveView> open(const Context& context);

  archive::Database& database() { return database_; }
  [[nodiscard]] const archive::Path& path() const { return path_; }

  /// The messages that the query means. Errors: as archive::search().
  Result<archive::Found> search(const archive::QueryNode& query,
                                const archive::SearchRequest& request) {
    return archive::search(database_, path_, query, request);
  }
  /// The same, a piece at a time. Errors: as archive::search(), and those of `visit`.
  Result<archive::Found> search(const archive::QueryNode& query,
                                const archive::SearchRequest& request,
                                const archive::VisitEntries& visit) {
    return archive::search_in_pieces(database_, path_, query, request, visit);
  }
  /// The one message of that number, Message-ID or beginning of a checksum. Errors: kNotFound,
  /// kLimit (several; their numbers are named).
  Result<archive::Entry> find_one(const std::string& id);
  /// Messages of more than one account are, or were, in it. Errors: as archive::search().
  Result<bool> has_several_accounts();
  [[nodiscard]] archive::Path file_of(const archive::Entry& entry) const {
    return archive::file_of(path_, entry);
  }

 private:
  ArchiveView(archive::Database database, archive::Path path)
      : database_(std::move(database)), path_(std::move(path)) {}

  archive::Database database_;
  archive::Path path_;
};

/// The words of a command line as one query. Nothing when there is a mistake, which is told.
std::optional<archive::QueryTree> parse_words(const std::vector<std::string>& words);

/// In text mode, for the last line of a list: how many messages are gone from the disk
/// (archive/database/absence.h); nothing when none is.
void tell_gone(const Context& context, ArchiveView& view);

}  // namespace restante::cli
