#pragma once
// A range as it travels (PROTOCOL.md section 5): what the receiver can compute is left out, what repeats is said as a
// difference or a reference to an earlier item of the same range. Nothing outside the range is needed to read it.
//
// Exact for whatever a store can yield, stubs and erased private parts too: read_range() gives the same range again,
// the entries' bytes among it. What breaks the invariants of a range (a wrong id, a head that names another entry)
// arrives as a range that verify_range() refuses.

#include "shared/codec/archive.hpp"
#include "shared/journal/range.hpp"

namespace cunzheng::sync {

// An item takes at least 9 bytes on the wire and about 300 in memory: this bounds what one frame can make of itself.
inline constexpr std::size_t wire_items_max = 16'384;

// `range` is not empty.
void write_range(codec::Writer& writer, const journal::Range& range);

// At most `items_max` items. Throws codec::Unreadable, as everything does that reads from a codec::Reader. Reads more
// forms than write_range() makes; parse_frame() and from_wire() accept only those that come out the same again.
journal::Range read_range(codec::Reader& reader, std::size_t items_max);

Bytes to_wire(const journal::Range& range);
// unreadable: not exactly what to_wire() makes of some range.
Result<journal::Range> from_wire(ByteView bytes);

}  // namespace cunzheng::sync
