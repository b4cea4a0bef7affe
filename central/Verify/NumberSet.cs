using System.Numerics;

namespace Penstock.Central.Verify;

/// <summary>A set of numbers as bits, a few bytes a thousand where numbers stand close together.</summary>
internal sealed class NumberSet
{
    private const int BlockBits = 4096;

    private readonly Dictionary<long, ulong[]> _blocks = [];

    public long Count { get; private set; }

    /// <summary>False when the number was there already.</summary>
    public bool Add(long number)
    {
        var key = number / BlockBits;
        if (!_blocks.TryGetValue(key, out var block))
            _blocks[key] = block = new ulong[BlockBits / 64];
        var bit = (int)(number % BlockBits);
        if ((block[bit / 64] & (1UL << (bit % 64))) != 0)
            return false;
        block[bit / 64] |= 1UL << (bit % 64);
        Count++;
        return true;
    }

    public bool Contains(long number) =>
        _blocks.TryGetValue(number / BlockBits, out var block) && (block[number % BlockBits / 64] & (1UL << (int)(number % 64))) != 0;

    /// <summary>How many numbers of a range are in the set; whole blocks are counted at once.</summary>
    public long CountBetween(long from, long to)
    {
        if (to / BlockBits - from / BlockBits > _blocks.Count)
            return _blocks.Keys.Sum(key => CountIn(key, from, to));
        var sum = 0L;
        for (var key = from / BlockBits; key <= to / BlockBits; key++)
            sum += CountIn(key, from, to);
        return sum;
    }

    private long CountIn(long key, long from, long to)
    {
        if (!_blocks.TryGetValue(key, out var block))
            return 0;
        var start = key * BlockBits;
        if (from <= start && to - start >= BlockBits - 1)
            return block.Sum(word => (long)BitOperations.PopCount(word));
        var sum = 0L;
        var last = Math.Min(to - start, BlockBits - 1);
        for (var bit = Math.Max(0, from - start); bit <= last; bit++)
            sum += (long)(block[bit / 64] >> (int)(bit % 64)) & 1;
        return sum;
    }
}
