using FsCheck;
using FsCheck.Fluent;
using Penstock.Protocols.Modbus;
using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Modbus;

public sealed class ReadPlannerTests
{
    private static readonly Arbitrary<Case> Cases = (
        from registers in Register().ListOf()
        from most in Gen.Choose(4, 125)
        from bridge in Gen.Choose(0, 20)
        from forbidden in Forbidden().ListOf(2)
        select new Case(
            [.. registers.Select((r, i) => r with { Tag = $"t{i}" })],
            new ReadLimits { MaxRegistersPerRead = most, MaxBitsPerRead = most, BridgeGapsUpTo = bridge, NeverRead = [.. forbidden] }))
        .ToArbitrary();

    [Fact]
    public void Every_register_is_planned_exactly_once_and_lies_within_its_request()
    {
        Check(c =>
        {
            var groups = ReadPlanner.Plan(c.Registers, c.Limits).Groups;
            var planned = groups.SelectMany(g => g.Blocks).SelectMany(b => b.Values.Select(v => v.Register.Tag));
            var unreadable = groups.SelectMany(g => g.Unreadable).Select(u => u.Register.Tag);

            return planned.Concat(unreadable).Order().SequenceEqual(c.Registers.Select(r => r.Tag).Order())
                && groups.All(g => g.Blocks.All(b => b.Values.All(v =>
                    v.Register.Poll == g.Group && v.Register.Table == b.Request.Table
                    && v.First >= b.Request.Start && v.Last < b.Request.Start + b.Request.Count)));
        });
    }

    [Fact]
    public void No_request_exceeds_the_limits_or_touches_a_forbidden_address()
    {
        Check(c => Blocks(c).All(b =>
            b.Request.Count <= c.Limits.MaxRegistersPerRead
            && !c.Limits.NeverRead.Any(f => f.Table == b.Request.Table && f.First < b.Request.Start + b.Request.Count && f.Last >= b.Request.Start)));
    }

    [Fact]
    public void No_hole_wider_than_allowed_is_read_through()
    {
        Check(c => Blocks(c).All(b =>
        {
            var used = b.Values.SelectMany(v => Enumerable.Range(v.First, v.Length)).Distinct().Order().ToArray();
            return used.Zip(used.Skip(1), (low, high) => high - low - 1).All(hole => hole <= c.Limits.BridgeGapsUpTo);
        }));
    }

    [Fact]
    public void A_register_to_be_read_alone_has_no_company()
    {
        Check(c => Blocks(c).All(b => b.Values.Count == 1 || !b.Values.Any(v => v.Register.ReadAlone)));
    }

    [Fact]
    public void Neighbours_become_one_request_across_a_hole_that_may_be_bridged()
    {
        var plan = ReadPlanner.Plan(
            [Registers.Word("a", 10), Registers.Value("b", 11, RegisterType.Float32), Registers.Word("c", 16)],
            new() { BridgeGapsUpTo = 3 });

        Assert.Equal([new ReadRequest(RegisterTable.Holding, 10, 7)], Requests(plan));
    }

    [Fact]
    public void A_hole_too_wide_makes_two_requests()
    {
        var plan = ReadPlanner.Plan([Registers.Word("a", 10), Registers.Word("b", 14)], new() { BridgeGapsUpTo = 2 });

        Assert.Equal([new ReadRequest(RegisterTable.Holding, 10, 1), new(RegisterTable.Holding, 14, 1)], Requests(plan));
    }

    [Fact]
    public void A_value_on_the_limit_moves_whole_into_the_next_request()
    {
        var plan = ReadPlanner.Plan(
            [Registers.Value("a", 0, RegisterType.UInt32), Registers.Value("b", 2, RegisterType.UInt32)], new() { MaxRegistersPerRead = 3 });

        Assert.Equal([new ReadRequest(RegisterTable.Holding, 0, 2), new(RegisterTable.Holding, 2, 2)], Requests(plan));
    }

    [Fact]
    public void An_internal_exponent_comes_in_the_request_of_its_value()
    {
        var value = Registers.Word("power", 102) with { ScaleFrom = "exponent" };
        var exponent = Registers.Word("exponent", 105, poll: new("slow", TimeSpan.FromMinutes(5))) with { Internal = true };

        var plan = ReadPlanner.Plan([exponent, value], new());

        Assert.Equal([new ReadRequest(RegisterTable.Holding, 102, 4)], Requests(plan));
        Assert.Equal(["power"], plan.Groups.SelectMany(g => g.Blocks).SelectMany(b => b.Values).Select(v => v.Register.Tag));
    }

    [Fact]
    public void Named_words_apart_are_one_request()
    {
        var value = Registers.Value("meter", 300, RegisterType.UInt32) with { Addresses = [300, 302], WordsNamed = true };

        var plan = ReadPlanner.Plan([value], new());

        Assert.Equal([new ReadRequest(RegisterTable.Holding, 300, 3)], Requests(plan));
    }

    [Fact]
    public void A_value_across_forbidden_ground_is_told_as_unreadable()
    {
        var value = Registers.Value("meter", 300, RegisterType.UInt32) with { Addresses = [300, 302], WordsNamed = true };

        var plan = ReadPlanner.Plan([value], new() { NeverRead = [new(RegisterTable.Holding, 301, 301)] });

        Assert.Equal("lies across addresses that must never be read", plan.Groups.Single().Unreadable.Single().Why);
    }

    private static Gen<RegisterDefinition> Register() =>
        from table in Gen.Elements(Enum.GetValues<RegisterTable>())
        from address in Gen.Choose(0, 200)
        from type in Gen.Elements(RegisterType.UInt16, RegisterType.Float32, RegisterType.Int64)
        from poll in Gen.Elements(Registers.Fast, PollGroup.Default, Registers.Once)
        from alone in Gen.Choose(0, 9)
        let width = table is RegisterTable.Coil or RegisterTable.Discrete ? RegisterType.Bool : type
        select Registers.Value("t", address, width, table, poll) with { ReadAlone = alone == 0 };

    private static Gen<ForbiddenRange> Forbidden() =>
        from table in Gen.Elements(Enum.GetValues<RegisterTable>())
        from first in Gen.Choose(0, 200)
        from length in Gen.Choose(0, 5)
        select new ForbiddenRange(table, (ushort)first, (ushort)(first + length));

    private static void Check(Func<Case, bool> holds) => Prop.ForAll(Cases, holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static IEnumerable<ReadBlock> Blocks(Case c) => ReadPlanner.Plan(c.Registers, c.Limits).Groups.SelectMany(g => g.Blocks);

    private static IEnumerable<ReadRequest> Requests(ReadPlan plan) => plan.Groups.SelectMany(g => g.Blocks).Select(b => b.Request);

    internal sealed record Case(IReadOnlyList<RegisterDefinition> Registers, ReadLimits Limits);
}
