#include "archive/search/word_patterns.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/message/header_words.h"
#include "text/words.h"

namespace restante::archive {
namespace {

// A table of this connection alone, which holds nothing.
constexpr const char* kWordTable =
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.index_words USING fts5vocab (main, search, row)";

QueryTree word_node(auto value) {
  auto made = std::make_unique<QueryNode>();
  made->is = std::move(value);
  return made;
}

/// What stands before all words that are looked through: of one field (":list-id:"), or nothing.
std::string prefix_of(const TextTerm& term) {
  if (term.field == TextField::kHeader) return text::field_prefix(term.header);
  if (term.field == TextField::kFileName) return text::field_prefix(kFileNameField);
  return {};
}

/// The parts between the stars, in order, the first and last at the word's ends. Linear but for
/// what repeats: words are short.
class Pattern {
 public:
  explicit Pattern(std::string_view text) {
    for (std::size_t star = text.find('*'); star != std::string_view::npos; star = text.find('*')) {
      pieces_.emplace_back(text.substr(0, star));
      text.remove_prefix(star + 1);
    }
    pieces_.emplace_back(text);
  }

  [[nodiscard]] const std::string& beginning() const { return pieces_.front(); }

  [[nodiscard]] bool fits(std::string_view word) const {
    const std::string& last = pieces_.back();
    if (word.size() < beginning().size() + last.size() || !word.starts_with(beginning()) ||
        !word.ends_with(last))
      return false;
    word.remove_prefix(beginning().size());
    word.remove_suffix(last.size());
    for (std::size_t i = 1; i + 1 < pieces_.size(); ++i) {
      const std::size_t at = word.find(pieces_[i]);
      if (at == std::string_view::npos) return false;
      word.remove_prefix(at + pieces_[i].size());
    }
    return true;
  }

 private:
  std::vector<std::string> pieces_;
};

class Expansion {
 public:
  explicit Expansion(Database& database) : database_(database) {}

  Result<QueryTree> of(const QueryNode& query) {
    return std::visit([this](const auto& one) { return expand(one); }, query.is);
  }

 private:
  Result<std::vector<QueryTree>> all_of(const std::vector<QueryTree>& parts) {
    std::vector<QueryTree> expanded;
    for (const QueryTree& part : parts) {
      RESTANTE_TRY(QueryTree one, of(*part));
      expanded.push_back(std::move(one));
    }
    return expanded;
  }

  Result<QueryTree> expand(const AllOf& group) {
    RESTANTE_TRY(auto parts, all_of(group.parts));
    return word_node(AllOf{std::move(parts)});
  }
  Result<QueryTree> expand(const AnyOf& group) {
    RESTANTE_TRY(auto parts, all_of(group.parts));
    return word_node(AnyOf{std::move(parts)});
  }
  Result<QueryTree> expand(const NoneOf& none) {
    RESTANTE_TRY(QueryTree part, of(*none.part));
    return word_node(NoneOf{std::move(part)});
  }
  Result<QueryTree> expand(const TextTerm& term) {
    if (!term.is_pattern) return word_node(term);
    RESTANTE_TRY(const auto words, words_for(term));
    AnyOf any;
    for (const auto& [messages, word] : words) {
      TextTerm one = term;
      one.words = word;
      one.is_pattern = false;
      any.parts.push_back(word_node(std::move(one)));
    }
    return word_node(std::move(any));
  }
  template <typename Other>
  Result<QueryTree> expand(const Other& other) {
    return word_node(other);
  }

  /// With how many messages have each; the commonest first.
  Result<std::vector<std::pair<std::int64_t, std::string>>> words_for(const TextTerm& term) {
    RESTANTE_CHECKED(database_.run(kWordTable));
    const Pattern pattern(term.words);
    const std::string prefix = prefix_of(term);
    const std::string from = prefix + pattern.beginning();
    RESTANTE_TRY(Statement query,
                 database_.prepare("SELECT term, doc FROM temp.index_words WHERE term >= ?1"));
    query.bind(1, from);
    std::vector<std::pair<std::int64_t, std::string>> words;
    for (;;) {
      RESTANTE_TRY(const bool more, query.step());
      if (!more || !query.text(0).starts_with(from)) break;
      const std::string_view word = query.text(0).substr(prefix.size());
      // A field's are not meant unless it is asked for.
      if (prefix.empty() && text::is_of_field(word)) continue;
      if (pattern.fits(word)) words.emplace_back(-query.number(1), word);
    }
    std::sort(words.begin(), words.end());
    return words;
  }

  Database& database_;
};

}  // namespace

Result<QueryTree> with_words(Database& database, const QueryNode& query) {
  return Expansion(database).of(query);
}

}  // namespace restante::archive
