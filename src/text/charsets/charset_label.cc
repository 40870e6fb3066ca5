#include "text/charsets/charset_label.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"
#include "text/charsets/converter.h"

namespace restante::text {
namespace {

struct Names {
  std::string_view meant;
  std::string_view labels;  // Without what makes no difference; a blank between them.
};

constexpr std::array kNames = {
    Names{"",
          "8bit ansi binary charset default none null text undefined unknown unknown8bit xunknown "
          "xuserdefined"},
    Names{"armscii-8", "armscii8"},
    Names{"big5-hkscs",
          "big5 big5eten big5hkscs big5hkscs2004 bigfive cnbig5 cp950 cp951 csbig5 ms950 "
          "windows950 xbig5 xcp950 "
          "xmacchinesetrad xmactradchinese xxbig5"},
    Names{"euc-jp",
          "cp51932 cseucpkdfmtjapanese eucjis eucjis2004 eucjisx0213 eucjp eucjpms eucjpwin ujis "
          "xeuc "
          "xeucjp"},
    Names{"euc-tw", "euctw xeuctw"},
    Names{
        "gb18030",
        "chinese cngb cp54936 cp936 csgb2312 csiso58gb231280 euccn gb gb18030 gb180302000 gb2312 "
        "gb231219800 gb231280 gbk gbk2312 isoir58 ms936 simplifiedchinese windows54936 windows936 "
        "xeuccn xgb2312 xgbk xmacchinesesimp xmacsimpchinese"},
    Names{"georgian-ps", "georgianps"},
    Names{"hz", "hz hzgb hzgb2312"},
    Names{"ibm-437", "cp437 dos437 ibm437"},
    Names{"ibm-720", "cp720 dos720 ibm720"},
    Names{"ibm-737", "cp737 dos737 ibm737"},
    Names{"ibm-775", "cp775 dos775 ibm775"},
    Names{"ibm-850", "cp850 dos850 ibm850"},
    Names{"ibm-851", "cp851 dos851 ibm851"},
    Names{"ibm-852", "cp852 dos852 ibm852"},
    Names{"ibm-855", "cp855 dos855 ibm855"},
    Names{"ibm-856", "cp856 dos856 ibm856"},
    Names{"ibm-857", "cp857 dos857 ibm857"},
    Names{"ibm-858", "cp858 dos858 ibm858"},
    Names{"ibm-860", "cp860 dos860 ibm860"},
    Names{"ibm-861", "cp861 dos861 ibm861"},
    Names{"ibm-862", "cp862 dos862 ibm862"},
    Names{"ibm-863", "cp863 dos863 ibm863"},
    Names{"ibm-864", "cp864 dos864 ibm864"},
    Names{"ibm-865", "cp865 dos865 ibm865"},
    Names{"ibm-866", "866 cp866 csibm866 dos866 ibm866"},
    Names{"ibm-869", "cp869 dos869 ibm869"},
    Names{"iso-2022-cn", "csiso2022cn iso2022cn iso2022cnext"},
    Names{"iso-2022-jp",
          "cp50220 cp50221 cp50222 csiso2022jp csjisencoding iso2022jp iso2022jp1 iso2022jp2 "
          "iso2022jp2004 iso2022jp3 iso2022jpms jis jis7 jisencoding xiso2022jp"},
    Names{"iso-2022-kr", "csiso2022kr iso2022kr"},
    Names{"iso-8859-10", "885910 csisolatin6 iso885910 isoir157 isolatin6 l6 latin6 xiso885910"},
    Names{"iso-8859-13", "885913 cp28603 iso885913 isolatin7 latin7 xiso885913"},
    Names{"iso-8859-14", "885914 iso885914 isolatin8 latin8 xiso885914"},
    Names{"iso-8859-15", "885915 cp28605 csisolatin9 iso885915 isolatin9 l9 latin9 xiso885915"},
    Names{"iso-8859-16", "885916 iso885916 isolatin10 latin10 xiso885916"},
    Names{"iso-8859-2",
          "88592 cp28592 csisolatin2 iso88592 iso885921987 isoir101 isolatin2 l2 latin2 xiso88592"},
    Names{"iso-8859-3",
          "88593 cp28593 csisolatin3 iso88593 iso885931988 isoir109 isolatin3 l3 latin3 xiso88593"},
    Names{"iso-8859-4",
          "88594 cp28594 csisolatin4 iso88594 iso885941988 isoir110 isolatin4 l4 latin4 xiso88594"},
    Names{"iso-8859-5",
          "88595 cp28595 csisolatincyrillic cyrillic iso88595 iso885951988 isoir144 xiso88595"},
    Names{"iso-8859-6",
          "88596 cp28596 arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 "
          "iso885961987 iso88596e iso88596i isoir127 xiso88596"},
    Names{
        "iso-8859-7",
        "88597 cp28597 csisolatingreek ecma118 elot928 greek greek8 iso88597 iso885971987 isoir126 "
        "suneugreek xiso88597"},
    Names{"iso-8859-8",
          "88598 cp28598 csiso88598e csiso88598i csisolatinhebrew hebrew iso88598 iso885981988 "
          "iso88598e "
          "iso88598i isoir138 logical visual xiso88598"},
    Names{"koi8-r", "cp20866 cp878 cskoi8r koi koi8 koi8r"},
    Names{"koi8-t", "koi8t koi8tajik"},
    Names{"koi8-u", "cp21866 koi8ru koi8u koi8uk"},
    Names{"mac-croatian", "maccroatian xmaccroatian"},
    Names{"mac-iceland", "maciceland macicelandic xmacicelandic"},
    Names{"mac-romanian", "macromanian xmacromanian"},
    Names{"macintosh", "appleroman csmacintosh mac macintosh macroman xmacroman"},
    Names{"pt154", "cp154 csptcp154 cyrillicasian pt154 ptcp154"},
    Names{"shift_jis",
          "cp932 cp943 csshiftjis cswindows31j ms932 mskanji shiftjis shiftjis2004 shiftjisx0213 "
          "sjis sjiswin "
          "windows31j windows932 xmacjapanese xmscp932 xshiftjis xsjis"},
    Names{"tcvn", "tcvn tcvn5712 tcvn57121 tcvn571211993 xviettcvn5712"},
    Names{"us-ascii",
          "646 7bit ansix341968 ansix341986 ascii cp367 csascii ibm367 iso646irv1983 "
          "iso646irv1991 iso646us isoir6 us usascii"},
    Names{"utf-16",
          "csunicode iso10646ucs2 ucs2 ucs2le unicode unicodefeff utf16 utf16le xutf16le"},
    Names{"utf-16be", "ucs2be unicodefffe utf16be xutf16be"},
    Names{"utf-32", "csucs4 iso10646ucs4 ucs4 utf32"},
    Names{"utf-7", "csunicode11utf7 unicode11utf7 unicode20utf7 utf7 xunicode20utf7"},
    Names{"utf-8",
          "cp65001 unicode11utf8 unicode20utf8 utf8 utf8bom utf8mac utf8mb4 utf8n utf8sig "
          "windows65001 "
          "xunicode20utf8 xutf8"},
    Names{"viscii", "csviscii viscii viscii111"},
    Names{"windows-1250", "ansi1250 cp1250 win1250 windows1250 xcp1250 xwindows1250"},
    Names{"windows-1251", "ansi1251 cp1251 win1251 windows1251 xcp1251 xwindows1251"},
    Names{"windows-1252",
          "88591 ansi1252 cp1252 cp819 csisolatin1 ibm819 iso8859 iso88591 iso885911987 iso88591i "
          "isoir100 isolatin1 l1 latin latin1 win1252 windows1252 windowslatin1 xcp1252 "
          "cp28591 xwindows1252"},
    Names{"windows-1253", "ansi1253 cp1253 win1253 windows1253 xcp1253 xwindows1253"},
    Names{"windows-1254",
          "ansi1254 cp1254 csisolatin5 iso88599 iso885991989 isoir148 isolatin5 l5 latin5 win1254 "
          "windows1254 xcp1254 cp28599 xwindows1254"},
    Names{"windows-1255", "ansi1255 cp1255 win1255 windows1255 xcp1255 xwindows1255"},
    Names{"windows-1256", "ansi1256 cp1256 win1256 windows1256 xcp1256 xwindows1256"},
    Names{"windows-1257", "ansi1257 cp1257 win1257 windows1257 xcp1257 xwindows1257"},
    Names{"windows-1258", "ansi1258 cp1258 win1258 windows1258 xcp1258 xvietvps xwindows1258"},
    Names{"windows-874", "cp874 dos874 iso885911 tis620 tis6202533 windows874 xwindows874"},
    Names{"windows-949",
          "cp51949 cp949 cseuckr csksc56011987 euckr isoir149 korean ksc5601 ksc56011987 "
          "ksc56011989 ksc58611992 ksx1001 ksx10011992 ms949 uhc windows949 xcp949 xeuckr "
          "xmackorean xwindows949"},
    Names{"x-mac-ce",
          "macce maccentraleurope maclatin2 xmacce xmaccentraleuropean xmaccentraleurroman"},
    Names{"x-mac-cyrillic", "maccyrillic macukrainian xmaccyrillic xmacukrainian"},
    Names{"x-mac-greek", "macgreek xmacgreek"},
    Names{"x-mac-turkish", "macturkish xmacturkish"},
};

constexpr std::size_t kLabelBytesMax = 60;

using Label = std::pair<std::string_view, std::string_view>;

std::vector<Label> sorted_labels() {
  std::vector<Label> labels;
  for (const auto& [meant, list] : kNames) {
    for (std::string_view rest = list; !rest.empty();) {
      const std::size_t end = std::min(rest.find(' '), rest.size());
      labels.emplace_back(rest.substr(0, end), meant);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

}  // namespace

std::string_view charset_meant(std::string_view label) {
  static const std::vector<Label> kLabels = sorted_labels();
  // Before it is worked on: a label comes from a header and may be as long as that.
  if (label.size() > kLabelBytesMax) return {};
  // "utf-8//translit", "utf-8;format=flowed"
  label = label.substr(0, label.find_first_of("/;,"));
  std::string plain;
  // Case, blanks, "-" and "_" differ among programs, and never tell two sets apart.
  for (const char c : label) {
    if (is_alpha(c) || is_digit(c)) plain += to_lower(c);
  }
  const auto found = std::lower_bound(
      kLabels.begin(), kLabels.end(), plain,
      [](const Label& known, const std::string& sought) { return known.first < sought; });
  if (found != kLabels.end() && found->first == plain) return found->second;
  // ICU knows more names than are worth a list of ours.
  return plain.empty() ? std::string_view() : converter_name(label);
}

}  // namespace restante::text
