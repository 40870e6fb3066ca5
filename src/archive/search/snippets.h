// The lines of a message where a query fits. The index keeps no text, so the message is read again
// and put, alone, into an index in memory that can say where.
#pragma once

#include <string>
#include <vector>

#include "archive/database/database.h"
#include "archive/mailbox/files.h"
#include "archive/reader/reader.h"
#include "archive/search/query.h"
#include "base/result.h"

namespace restante::archive {

class Snippets {
 public:
  /// Uses the database's temporary tables; one at a time. Errors: kIo.
  static Result<Snippets> open(Database& database, const QueryNode& query);

  /// For each file one line with kMarkStart and kMarkEnd (search.h) around what fits; the beginning
  /// of the text when the query has no text, or only header fields or file names fit; empty when
  /// there is no text, the message cannot be read, or the path is empty. Errors: kIo.
  Result<std::vector<std::string>> of(const std::vector<Path>& files);

 private:
  explicit Snippets(Database& database) : database_(&database) {}
  Status add(std::int64_t row, const Path& file, std::string& start);
  Status mark(std::vector<std::string>& snippets);

  Database* database_;
  Reader reader_;
  std::string match_;
  bool has_attached_ = false;  // Text of attachments may fit.
  Statement insert_;
  Statement find_;
};

}  // namespace restante::archive
