using Penstock.Contracts;
using Penstock.Protocols;

namespace Penstock.EdgeAgent.Normalising;

/// <summary>
/// Report by exception for one tag. Sent are: the first sample, every change of quality or reason, a change of the value
/// beyond the deadband, every change of the text, and a sample when the longest silence has passed.
/// </summary>
internal sealed class ReportFilter(ReportRule? rule)
{
    private bool _any;
    private Timestamp _ts;
    private double? _value;
    private string? _text;
    private Quality _q;
    private string? _why;

    /// <summary>True when the sample is to be sent; then it is the one the next is compared with.</summary>
    public bool Passes(Timestamp ts, double? value, string? text, Quality q, string? why)
    {
        if (rule is not null && _any && q == _q && why == _why && text == _text && !Moved(value) && ts - _ts < rule.AtLeastEvery && ts >= _ts)
            return false;
        (_any, _ts, _value, _text, _q, _why) = (true, ts, value, text, q, why);
        return true;
    }

    private bool Moved(double? value) =>
        value is { } now && _value is { } last ? Math.Abs(now - last) > rule!.Deadband : value.HasValue != _value.HasValue;
}
