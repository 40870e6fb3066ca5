#include "accounts/sqlite/name_holders.h"

#include "accounts/sqlite/spellings.h"

namespace restante::accounts::sqlite {
namespace {

constexpr std::string_view kByKey =
    "SELECT name, 1 FROM account WHERE name = ?1 UNION ALL "
    "SELECT name, 1 FROM account WHERE name_key = ?1 UNION ALL "
    "SELECT address, 0 FROM alias WHERE address = ?1 UNION ALL "
    "SELECT address, 0 FROM alias WHERE name_key = ?1";

}  // namespace

Result<NameHolders> NameHolders::prepare(Database& database, bool fold_local_part) {
  NameHolders made;
  RESTANTE_CHECKED(database.prepare(kByKey, made.by_key_));
  made.fold_local_part_ = fold_local_part;
  return made;
}

Result<std::optional<NameHolder>> NameHolders::find(std::string_view name) {
  const ResetAtEnd reset(by_key_);
  by_key_.bind(1, spelling_key(name, true));  // The columns' keys are always folded, also where the
                                              // configuration does not fold.
  const std::string key = spelling_key(name, fold_local_part_);
  std::optional<NameHolder> holder;
  for (;;) {
    RESTANTE_TRY(const bool row, by_key_.step());
    if (!row) return holder;
    const std::string_view other = by_key_.text(0);
    if (other == name || (!holder && spelling_key(other, fold_local_part_) == key))
      holder = NameHolder{std::string(other), by_key_.number(1) != 0};
  }
}

Error name_is_taken(std::string_view name, const NameHolder& holder) {
  std::string why = "an account or an alias has this name already: " + holder.name;
  if (holder.name != name) why += ", of which " + std::string(name) + " is another spelling";
  return Error(Errc::kExists, std::move(why));
}

}  // namespace restante::accounts::sqlite
