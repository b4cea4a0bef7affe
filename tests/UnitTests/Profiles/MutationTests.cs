using Penstock.Protocols.Profiles;
using Xunit;

namespace Penstock.UnitTests.Profiles;

/// <summary>A clean profile, one mutation per rule: exactly the right code has to appear.</summary>
public sealed class MutationTests
{
    private static readonly string Clean = File.ReadAllText(CaseFiles.Path("Profiles", "brook-h8.yaml"));

    public static TheoryData<string, string, string> Mutations => new()
    {
        { "S01", "scale: 0.1\n    unit: °C", "scal: 0.1\n    unit: °C" },
        { "S01", "timeout: 800ms", "timout: 800ms" },
        { "S01", "period: 1min", "periode: 1min" },
        { "S01", "every: 10min, for: 5s", "evry: 10min, every: 10min, for: 5s" },
        { "S01", "bits:\n      0: {tag: dry_run, label", "bits:\n      0: {tag: dry_run, lable" },
        { "S02", "{tag: door,", "{tag: level," },
        { "S02", "tag: \"power_{n}\"", "tag: power" },
        { "S02", "type: bool, bit: 3}", "type: bool, bit: 3, bit: 3}" },
        { "S03", "  - {tag: door,", "\t- {tag: door," },
        { "S03", "poll: {fast: 500ms,", "poll: &polls {fast: 500ms," },
        { "S03", "equals: 802", "equals: !!int 802" },
        { "S03", "kind: modbus", "kind: [modbus" },
        { "S04", "vendor: Brook, ", "" },
        { "S04", "unit: bar, ", "" },
        { "S04", "manual: {title: H8 register list, revision: B}\n", "" },
        { "S04", "id: brook-h8", "id: brook-h9" },
        { "S05", "scale: 0.1\n    unit: °C", "scale: 0.1\n    offset: 0,5\n    unit: °C" },
        { "S05", "tag: door", "tag: Front door" },
        { "S06", "type: bcd16, ", "" },
        { "S06", "tag: door, ", "" },
        { "S08", "type: bcd16", "type: datetime" },
        { "S08", "profile: 1", "profile: 2" },
        { "A02", "register: 40118", "register: 40000" },
        { "A02", "register: 40118", "register: 0x0076" },
        { "A02", "register: 40118", "register: 4118" },
        { "A02", "register: 40118", "register: 50118" },
        { "A03", "register: 30001, type: int16", "register: 30001, table: holding, type: int16" },
        { "A03", "register: 10005, type: bool", "register: 10005, type: bool, bit: 2" },
        { "A04", "register: 40118", "wire: 65535, table: holding" },
        { "A05", "registers: [40203, 40201], type: uint32", "registers: [40203, 40201], type: uint16" },
        { "A05", "register: 40118, type: float32", "register: 40118, length: 1, type: float32" },
        { "A06", "register: 40018", "register: 40015" },
        { "A06", "n: 1-3, step: 2", "n: 1-3, step: 1" },
        { "A06", "register: 40141, type: bool", "register: 40140, type: bool" },
        { "A07", "register: 40118", "register: 40121" },
        { "A08", "register: 40118", "register: 40949" },
        { "A09", "max_registers_per_read: 60", "max_registers_per_read: 5" },
        { "T01", "type: float32", "type: float23" },
        { "T01", "register: 10005, type: bool", "register: 10005, type: uint16, unit: \"1\"" },
        { "T02", "register: 40130", "register: 40130\n    word_order: low-first" },
        { "T02", "type: bool, bit: 3", "type: bool, byte_order: low-first, bit: 3" },
        { "T04", "bit: 3}", "bit: 16}" },
        { "T04", "4-6: {tag", "3-6: {tag" },
        { "T04", "4-6: {tag", "14-16: {tag" },
        { "T04", ", bit: 3}", "}" },
        { "T05", "length: 6", "length: 0" },
        { "U01", "scale: 0.1\n    unit: °C", "scale: 0\n    unit: °C" },
        { "U01", "scale: 0.1\n    unit: °C", "scale: 0.1\n    divide_by: 10\n    unit: °C" },
        { "U01", "divide_by: 10", "divide_by: ten" },
        { "U03", "unit: bar", "unit: bars" },
        { "U03", "unit: °C", "unit: C" },
        { "U04", "scale_from: flow_exponent", "scale_from: flow_exponents" },
        { "U04", "valid_range: [-4, 4]", "label: no range" },
        { "Q01", "valid_range: [-1, 40]", "valid_range: [40, -1]" },
        { "Q01", "normal_range: [5, 60]", "normal_range: [5, 200]" },
        { "Q01", "above: 90", "above: 130" },
        { "Q02", "not_available: 0x8000", "not_available: 0x18000" },
        { "Q02", "not_available: 0x8000", "not_available: 250" },
        { "Q02", "type: uint32, unit: m3", "type: uint32, not_available: 0x8000, unit: m3" },
        { "Q03", "    counter: {never_decreases: true, max_step_per_hour: 50}\n", "" },
        { "P01", "type: uint16, poll: fast", "type: uint16, poll: faster" },
        { "P01", "fast: 500ms", "fast: 0s" },
        { "L01", "above: 70", "above: 1" },
        { "L01", "priority: urgent", "priority: extreme" },
        { "L01", "after: 30s", "after: -30s" },
        { "L01", "deadband: 2\n", "deadband: 20\n" },
        { "V02", "equals: 802", "equals: 80200" },
        { "M01", "0A 03 00 63", "0A 03 00 62" },
        { "M01", "flow: 5000", "flow: 500" },
        { "M01", "expect: {energy: 10000}", "expect: {volume: 10000}" },
    };

    [Fact]
    public void The_clean_profile_has_no_problem()
    {
        var result = ProfileLoader.Parse(Clean, "brook-h8.yaml");

        Assert.Empty(result.Problems);
        Assert.NotNull(result.Profile);
    }

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mutation_is_found_under_its_code(string code, string from, string to)
    {
        Assert.Contains(from, Clean, StringComparison.Ordinal);
        var at = Clean.IndexOf(from, StringComparison.Ordinal);
        var mutated = string.Concat(Clean.AsSpan(0, at), to, Clean.AsSpan(at + from.Length));

        var result = ProfileLoader.Parse(mutated, "brook-h8.yaml");

        Assert.Equal([code], result.Problems.Select(p => p.Code).Distinct());
        Assert.All(result.Problems, p => Assert.False(string.IsNullOrWhiteSpace(p.Repair)));
        Assert.Equal(result.Problems.Any(p => p.Severity == Severity.Error), result.Profile is null);
    }
}
