#include "shared/domain/catalogue.hpp"

#include "shared/codec/json.hpp"

#include <algorithm>

namespace cunzheng::domain {
namespace {

// The lists are short (tens, at most hundreds): walking them costs less than keeping an index true.
template <class List, class Key, class Id>
const typename List::value_type* find_by(const List& list, Key key, const Id& id) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const auto& each) { return each.*key == id; });
  return found == list.end() ? nullptr : &*found;
}

// Case and width of what is typed do not matter.
std::string folded(std::string_view text) {
  auto out = trimmed(to_half_width(text));
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

enum class Match : std::uint8_t { equal, begins, holds, none };

Match match(std::string_view text, std::string_view words) {
  if (text == words) return Match::equal;
  if (text.starts_with(words)) return Match::begins;
  return text.find(words) != std::string_view::npos ? Match::holds : Match::none;
}

class Search {
 public:
  explicit Search(std::string_view words) : words_(folded(words)) {}

  // Looks at one way of writing it; the best one counts. Latin letters must match from the start: two letters would
  // otherwise be found inside half of all initials.
  void look(const std::string& text, bool from_start = false) {
    const auto here = match(folded(text), words_);
    if (here >= best_ || (from_start && here == Match::holds)) return;
    best_ = here;
    matched_ = text;
  }
  void look(const std::vector<std::string>& texts, bool from_start = false) {
    for (const auto& text : texts) look(text, from_start);
  }
  void take(const ItemId& id, const Text& name, ItemState state) {
    if (best_ != Match::none) found_[static_cast<std::size_t>(best_)].push_back({id, name, state, matched_});
    best_ = Match::none;
    matched_.clear();
  }
  std::vector<Candidate> result() const {
    auto out = found_[0];
    for (std::size_t k = 1; k < found_.size(); ++k) out.insert(out.end(), found_[k].begin(), found_[k].end());
    return out;
  }

 private:
  std::string words_;
  Match best_ = Match::none;
  std::string matched_;
  std::array<std::vector<Candidate>, 3> found_;
};

}  // namespace

bool is_still_to_be_found(std::string_view law_or_article) {
  return law_or_article.find("待核") != std::string_view::npos;
}

Result<Catalogue> catalogue_from_json(std::string_view text) {
  TRY(const auto json, codec::parse_json(text, catalogue_bytes_max));
  return codec::from_json<Catalogue>(json);
}

const IssuableItem* find_issuable(const Catalogue& catalogue, const ItemId& id) {
  return find_by(catalogue.issuable, &IssuableItem::id, id);
}

const NegativeItem* find_negative(const Catalogue& catalogue, const ItemId& id) {
  return find_by(catalogue.negative, &NegativeItem::id, id);
}

const RoutedItem* find_routed(const Catalogue& catalogue, const ItemId& id) {
  return find_by(catalogue.routed, &RoutedItem::id, id);
}

const Purpose* find_purpose(const Catalogue& catalogue, const PurposeCode& code) {
  return find_by(catalogue.purposes, &Purpose::code, code);
}

const RequesterKindEntry* find_requester_kind(const Catalogue& catalogue, const RequesterKind& kind) {
  return find_by(catalogue.requester_kinds, &RequesterKindEntry::kind, kind);
}

const RequesterClass* class_of(const Catalogue& catalogue, const RequesterKind& kind) {
  const auto* entry = find_requester_kind(catalogue, kind);
  return entry ? find_by(catalogue.requester_classes, &RequesterClass::key, entry->requester_class) : nullptr;
}

Text item_name(const Catalogue& catalogue, const ItemId& id) {
  if (const auto* issuable = find_issuable(catalogue, id)) return issuable->name;
  if (const auto* negative = find_negative(catalogue, id)) return negative->name;
  if (const auto* routed = find_routed(catalogue, id)) return routed->name;
  return {id.value(), id.value()};
}

std::int32_t parameter_of(const Catalogue& catalogue, const std::string& name) {
  const auto found = catalogue.parameters.find(name);
  return found == catalogue.parameters.end() ? 0 : found->second;
}

ItemState state_on(const IssuableItem& item, CivilDate day) {
  if (item.in_force_from && day < *item.in_force_from) return ItemState::not_yet;
  if (item.replaced_by_commitment_from && day >= *item.replaced_by_commitment_from) {
    return ItemState::replaced_by_commitment;
  }
  if (item.in_force_to && day > *item.in_force_to) return ItemState::withdrawn;
  return ItemState::issuable;
}

ItemState state_on(const Catalogue& catalogue, const ItemId& id, CivilDate day) {
  if (const auto* issuable = find_issuable(catalogue, id)) return state_on(*issuable, day);
  if (const auto* negative = find_negative(catalogue, id)) {
    const bool before = negative->in_force_from && day < *negative->in_force_from;
    const bool after = negative->in_force_to && day > *negative->in_force_to;
    return before || after ? ItemState::unlisted : ItemState::not_issuable;
  }
  return find_routed(catalogue, id) ? ItemState::routed : ItemState::unlisted;
}

const Catalogue* catalogue_in_force(std::span<const Catalogue* const> revisions, CivilDate day) {
  const Catalogue* found = nullptr;
  for (const auto* each : revisions) {
    if (each->effective_from <= day && (!found || each->revision > found->revision)) found = each;
  }
  return found;
}

std::vector<Citation> basis_on(std::span<const Citation> basis, CivilDate day) {
  std::vector<Citation> out;
  for (const auto& line : basis) {
    if ((!line.from || *line.from <= day) && (!line.to || day <= *line.to)) out.push_back(line);
  }
  return out;
}

std::optional<CivilDate> valid_until(const Catalogue& catalogue, const IssuableItem* item, CivilDate issued) {
  if (!item) return issued + parameter_of(catalogue, parameter::default_validity_days);
  return item->validity_days ? std::optional(issued + *item->validity_days) : std::nullopt;
}

std::vector<Candidate> search(const Catalogue& catalogue, std::string_view words, CivilDate day) {
  if (trimmed(words).empty() || !is_utf8(words)) return {};
  Search search(words);
  for (const auto& item : catalogue.issuable) {
    search.look(item.id.value(), true);
    search.look(item.name.zh);
    search.look(item.name.en);
    search.look(item.synonyms);
    search.look(item.pinyin_initials, true);
    search.take(item.id, item.name, state_on(item, day));
  }
  for (const auto& item : catalogue.negative) {
    search.look(item.id.value(), true);
    search.look(item.name.zh);
    search.look(item.name.en);
    search.look(item.synonyms);
    search.look(item.pinyin_initials, true);
    search.take(item.id, item.name, state_on(catalogue, item.id, day));
  }
  for (const auto& item : catalogue.routed) {
    search.look(item.id.value(), true);
    search.look(item.name.zh);
    search.look(item.name.en);
    search.look(item.synonyms);
    search.take(item.id, item.name, ItemState::routed);
  }
  for (const auto& hint : catalogue.unlisted_hints) {
    search.look(hint.name.zh);
    search.look(hint.name.en);
    search.take(ItemId(), hint.name, ItemState::unlisted);
  }
  return search.result();
}

}  // namespace cunzheng::domain
