// Parameters in pieces, put together and decoded. Pure. RFC 2231.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace restante::mime {

class ParameterPieces {
 public:
  /// `name` in lower case as it stands: "filename", "filename*", "filename*0", "filename*0*".
  void add(std::string_view name, std::string value);

  /// Name and value of each, in the order of their first pieces. Values are one line of UTF-8; but
  /// a boundary is as it stands.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> joined() const;

 private:
  struct Piece {
    unsigned number = 0;
    bool is_extended = false;  // Octets as %XX.
    std::string value;
  };
  struct Parameter {
    std::string name;
    std::vector<Piece> whole;      // name*
    std::vector<Piece> continued;  // name*0, name*0*
    std::vector<Piece> plain;
  };
  static std::string value_of(const Parameter& parameter);

  std::vector<Parameter> parameters_;
};

}  // namespace restante::mime
