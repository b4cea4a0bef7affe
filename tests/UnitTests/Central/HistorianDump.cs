using System.Globalization;
using System.Text;
using Penstock.Central.Historian;
using Penstock.Contracts;

namespace Penstock.UnitTests.Central;

/// <summary>Everything a historian tells, as text: two historians are equal when their texts are.</summary>
internal static class HistorianDump
{
    private static readonly Timestamp From = Records.Noon - TimeSpan.FromDays(2);
    private static readonly Timestamp To = Records.Noon + TimeSpan.FromDays(2);

    public static async Task<string> OfAsync(IHistorian historian)
    {
        var text = new StringBuilder();
        foreach (var tag in await historian.ReadTagsAsync(default))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{tag.Key} {tag.Latest}");
            var ids = await historian.FindTagAsync(tag.Key, default);
            foreach (var point in await historian.ReadRawAsync(ids, From, To, int.MaxValue, default))
                text.AppendLine(point.ToString());
            foreach (var step in (TimeSpan[])[TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1)])
            {
                foreach (var bucket in await historian.ReadBucketsAsync(ids, From, To, step, default))
                    text.AppendLine(CultureInfo.InvariantCulture, $"{step} {bucket}");
            }
        }

        foreach (var gap in (await historian.ReadGapsAsync(new(From, To), default)).OrderBy(g => g.Epoch, StringComparer.Ordinal).ThenBy(g => g.Seq))
            text.AppendLine(CultureInfo.InvariantCulture, $"{gap with { Numbers = null }} {string.Join(' ', gap.Numbers ?? [])}");
        foreach (var agent in await historian.ReadAgentsAsync(null, default))
        {
            foreach (var row in agent.Ledger.OrderBy(l => l.Epoch, StringComparer.Ordinal))
                text.AppendLine(CultureInfo.InvariantCulture, $"{agent.Agent} {row with { Missing = [] }} {string.Join(' ', row.Missing)}");
        }

        return text.ToString();
    }
}
