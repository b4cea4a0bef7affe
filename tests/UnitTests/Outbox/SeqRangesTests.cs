using Penstock.EdgeAgent.Outbox;
using Xunit;

namespace Penstock.UnitTests.Outbox;

public sealed class SeqRangesTests
{
    [Fact]
    public void Ranges_behave_as_the_set_of_their_numbers()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var ranges = new SeqRanges();
            var plain = new SortedSet<long>();
            for (var step = 0; step < 40; step++)
            {
                Change(random, ranges, plain);

                Assert.Equal(plain, Numbers(ranges));
                Assert.Equal(plain.Count, ranges.Count);
            }

            var probe = random.Next(60);
            Assert.Equal(plain.Contains(probe), ranges.Contains(probe));
            Assert.Equal(plain.Where(number => number >= probe).Cast<long?>().FirstOrDefault(), ranges.NextFrom(probe));
        }
    }

    [Fact]
    public void Neighbours_melt_into_one_range()
    {
        var ranges = new SeqRanges();

        ranges.Add(5, 9);
        ranges.Add(1, 2);
        ranges.Add(3, 4);

        Assert.Equal([(1L, 9L)], ranges.Ranges);
        Assert.True(ranges.Covers(1, 9));
        Assert.False(ranges.Covers(1, 10));
    }

    private static void Change(Random random, SeqRanges ranges, SortedSet<long> plain)
    {
        var from = random.Next(1, 50);
        var to = from + random.Next(8);
        var numbers = Enumerable.Range(from, to - from + 1).Select(number => (long)number);
        if (random.Next(3) > 0)
        {
            ranges.Add(from, to);
            plain.UnionWith(numbers);
        }
        else
        {
            ranges.Remove(from, to);
            plain.ExceptWith(numbers);
        }
    }

    private static IEnumerable<long> Numbers(SeqRanges ranges)
    {
        foreach (var (from, to) in ranges.Ranges)
        {
            for (var number = from; number <= to; number++)
                yield return number;
        }
    }
}
