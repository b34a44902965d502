using FastRbm.Kernels.Elementary;
using FastRbm.Random;

namespace FastRbm.Kernels.Activation;

/// <summary>A density with a cut-off normal of its own on either side of 0: exp(f x - 1/2 exp(l) x^2) above, the same in -x below.</summary>
internal readonly struct HalfLinePair
{
    private readonly double _zAbove;
    private readonly double _zBelow;
    private readonly double _deviationAbove;
    private readonly double _deviationBelow;
    private readonly double _logAbove;
    private readonly double _logBelow;

    /// <summary>Makes the density.</summary>
    /// <param name="fieldAbove">f of x >= 0.</param>
    /// <param name="logPrecisionAbove">l of x >= 0.</param>
    /// <param name="fieldBelow">f of -x where x &lt; 0.</param>
    /// <param name="logPrecisionBelow">l of x &lt; 0.</param>
    public HalfLinePair(double fieldAbove, double logPrecisionAbove, double fieldBelow, double logPrecisionBelow)
    {
        _deviationAbove = DoubleMath.Exp(-0.5 * logPrecisionAbove);
        _deviationBelow = DoubleMath.Exp(-0.5 * logPrecisionBelow);
        _zAbove = fieldAbove * _deviationAbove;
        _zBelow = fieldBelow * _deviationBelow;
        _logAbove = HalfLine.LogIntegral(_zAbove) - (0.5 * logPrecisionAbove);
        _logBelow = HalfLine.LogIntegral(_zBelow) - (0.5 * logPrecisionBelow);
    }

    /// <summary>The logarithm of the integral.</summary>
    public double LogIntegral =>
        Math.Max(_logAbove, _logBelow) + DoubleMath.Log1p(DoubleMath.Exp(-Math.Abs(_logAbove - _logBelow)));

    /// <summary>The x of the largest density; of two equally large ones the positive one.</summary>
    public double Mode
    {
        get
        {
            double above = Math.Max(_zAbove, 0);
            double below = Math.Max(_zBelow, 0);
            return above >= below ? above * _deviationAbove : -below * _deviationBelow;
        }
    }

    /// <summary>The moments of either side, times the probability of that side.</summary>
    /// <param name="above">The mean of max(x, 0).</param>
    /// <param name="below">The mean of max(-x, 0).</param>
    /// <param name="squareAbove">The mean of exp(l) x^2 where x >= 0.</param>
    /// <param name="squareBelow">The mean of exp(l) x^2 where x &lt; 0.</param>
    /// <param name="variance">The variance of x.</param>
    public void Moments(out double above, out double below, out double squareAbove, out double squareBelow, out double variance)
    {
        double shareAbove = DoubleMath.Sigmoid(_logAbove - _logBelow);
        double shareBelow = DoubleMath.Sigmoid(_logBelow - _logAbove);
        HalfLine.Moments(_zAbove, out double meanAbove, out squareAbove, out double varianceAbove);
        HalfLine.Moments(_zBelow, out double meanBelow, out squareBelow, out double varianceBelow);
        meanAbove *= _deviationAbove;
        meanBelow *= _deviationBelow;
        double distance = meanAbove + meanBelow;
        variance = (shareAbove * _deviationAbove * _deviationAbove * varianceAbove)
            + (shareBelow * _deviationBelow * _deviationBelow * varianceBelow)
            + (shareAbove * shareBelow * distance * distance);
        above = shareAbove * meanAbove;
        below = shareBelow * meanBelow;
        squareAbove *= shareAbove;
        squareBelow *= shareBelow;
    }

    /// <summary>An exact draw: block (unit) decides the side, the next attempts' blocks the place.</summary>
    /// <param name="draws">The row's stream.</param>
    /// <param name="units">The units of the layer.</param>
    /// <param name="unit">The unit.</param>
    /// <returns>x.</returns>
    public double Draw(in RandomStream draws, long units, long unit)
    {
        draws.Block(unit, out uint high, out uint low, out _, out _);
        return HalfLineDraw.Uniform(high, low) < DoubleMath.Sigmoid(_logAbove - _logBelow)
            ? _deviationAbove * HalfLineDraw.Next(draws, units, unit, 1, _zAbove)
            : -_deviationBelow * HalfLineDraw.Next(draws, units, unit, 1, _zBelow);
    }
}
