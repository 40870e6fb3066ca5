// One connection to a PostgreSQL server, over libpq: prepared queries, each with a time limit that
// holds also when the server or the network hangs. Used by one thread at a time. The only file with
// libpq in it.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/pooled_connection.h"
#include "accounts/postgresql/settings.h"
#include "base/result.h"

struct pg_conn;
struct pg_result;

namespace restante::accounts::postgresql {

enum class Query : std::uint8_t { kAccount, kAlias, kDomain };

/// An answer: column names and rows; NULL is std::nullopt.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;
};

/// $1, $2 and $3; a query that has fewer gets the first of them.
using Parameters = std::array<std::string, 3>;

class Connection final : public PooledConnection {
 public:
  /// Connected, with the settings' queries prepared. Errors: kIo.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);
  ~Connection();

  /// At most rows_max rows. Errors: kIo; kNotFound (the database cannot even hold such a name).
  Result<Rows> run(Query query, const Parameters& parameters, std::size_t rows_max);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Free {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, Free>;

  explicit Connection(const Settings& settings) : settings_(settings) {}
  Status connect();
  Status prepare(Query query, const std::string& text);
  /// The answer to what was just sent; the connection is ready for the next.
  Result<Answer> await_answer();
  Status wait_for(short events, Time deadline);
  Error failure(const std::string& call);

  const Settings& settings_;  ///< Not owned; the directory's.
  pg_conn* handle_ = nullptr;
  std::vector<int> parameters_{0, 0, 0};  ///< That each query has.
};

/// Errors: kSyntax: not a conninfo string, and why.
Status check_connection_text(const std::string& text);

}  // namespace restante::accounts::postgresql
