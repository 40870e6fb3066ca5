// One connection to a PostgreSQL server, over libpq: each query with a time limit that holds also
// when the server or the network hangs. Used by one thread at a time. The only file with libpq in
// it.
//
// A query is sent whole each time, and the session keeps nothing of it: so a table may change while
// we are connected, and a pooler (PgBouncer, mode "transaction") may give each query to another
// session of its own.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "accounts/pooled_connection.h"
#include "accounts/postgresql/query_text.h"
#include "accounts/postgresql/settings.h"
#include "base/result.h"

struct pg_conn;
struct pg_result;

namespace restante::accounts::postgresql {

enum class Query : std::uint8_t { kAccount, kAlias, kDomain };
inline constexpr std::size_t kQueries = 3;
/// Its key in the configuration: "accounts.account_query".
std::string key_of(Query query);

/// An answer: column names and rows as text; NULL is std::nullopt. The blanks that fill a char(n)
/// up are left out, and bytea is its octets.
struct Rows {
  std::vector<std::string> columns;
  std::vector<std::uint32_t> types;  ///< Of the columns, by pg_type's number.
  std::vector<std::vector<std::optional<std::string>>> rows;
};

/// Of a statement of ours: std::nullopt is NULL.
using Values = std::vector<std::optional<std::string>>;

/// $1, $2 and $3; a query that has fewer gets the first of them.
using Parameters = std::array<std::string, kParametersMax>;

class Connection final : public PooledConnection {
 public:
  /// Connected. Errors: kIo.
  static Result<std::unique_ptr<Connection>> open(const Settings& settings);
  ~Connection();

  /// At most rows_max rows. A refusal that another session might not meet (it began under other
  /// settings, or with another server) makes the connection one that broke. Errors: kIo; kState
  /// (the query is refused for every name); kNotFound (the database cannot even hold such a name).
  Result<Rows> run(Query query, const Parameters& parameters, std::size_t rows_max);
  /// A statement of ours, on tables of ours. Errors: kIo; kNotFound (there are no such tables);
  /// kExists (a row of this key); kSyntax (a text or number that the database cannot hold); kState
  /// (it is refused otherwise).
  Result<Rows> run_own(const char* sql, const Values& values);
  /// The same with several statements in one, without values.
  Status run_script(const char* sql);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Free {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, Free>;

  explicit Connection(const Settings& settings) : settings_(settings) {}
  Status connect();
  Error not_connected();
  [[nodiscard]] const std::string& text_of(Query query) const;
  Result<Rows> own_rows();
  /// What the server said instead of rows.
  Error refusal(Query query, const pg_result* result, Time asked);
  /// The answer to what was just sent; the connection is ready for the next.
  Result<Answer> await_answer();
  Status wait_for(short events, Time deadline);
  Error failure(const std::string& call);

  const Settings& settings_;  ///< Not owned; the directory's.
  pg_conn* handle_ = nullptr;
  Time made_ = std::chrono::steady_clock::now();
  std::array<bool, kQueries> worked_{};  ///< Which queries have been answered here.
};

/// Errors: kSyntax: not a conninfo string, and why.
Status check_connection_text(const std::string& text);

}  // namespace restante::accounts::postgresql
