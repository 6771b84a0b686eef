#include "hub/scan.hpp"

namespace cunzheng::hub {

Status each_entry(store::EntryStore& store, const journal::Head& end,
                  const std::function<void(const journal::Entry&, const journal::Item&)>& each) {
  for (journal::Seq seq = 0; seq <= end.seq; ++seq) {
    const auto stored = store.item({end.journal, seq});
    if (!stored && stored.error().code != FailureCode::unreadable) return tl::make_unexpected(stored.error());
    if (!stored || stored->item.is_stub()) continue;
    if (const auto entry = journal::parse_entry(stored->item.entry)) each(*entry, stored->item);
  }
  return {};
}

}  // namespace cunzheng::hub
