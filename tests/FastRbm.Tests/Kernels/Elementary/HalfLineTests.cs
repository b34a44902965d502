using FastRbm.Kernels.Elementary;

namespace FastRbm.Tests.Kernels.Elementary;

public sealed class HalfLineTests
{
    /// <summary>z; logarithm of the integral, mean, mean square, variance: made with 60 digits.</summary>
    public static TheoryData<double, double, double, double, double> Exact => new()
    {
        { -1e6, -13.815510557965274, 9.99999999998e-7, 1.99999999999e-12, 9.99999999994e-13 },
        { -300, -5.7037935854586871, 0.0033332592633741473, 2.2220987755819145e-5, 1.1110370438949582e-5 },
        { -40, -3.6895034805491154, 0.024968847207263723, 0.0012461117094510702, 0.00062266837859138877 },
        { -12.5, -2.5320293375392105, 0.079007304406976089, 0.012408694912798886, 0.0061665407631423027 },
        { -6.125, -1.8374555733426846, 0.15553754618171547, 0.047332529636992763, 0.023140601364763491 },
        { -3, -1.1887876883056768, 0.28309865493043651, 0.15070403520869048, 0.070559186785268117 },
        { -2, -0.86424580047735921, 0.37321553282284087, 0.25356893435431827, 0.11427910041408126 },
        { -1, -0.42208311180459076, 0.52513527616098121, 0.47486472383901879, 0.19909766557034879 },
        { -0.25, 0.037126768393537687, 0.71355397941640391, 0.82161150514589902, 0.31245222360491325 },
        { 0, 0.22579135264472743, 0.79788456080286536, 1.0, 0.36338022763241866 },
        { 1e-8, 0.22579136062357306, 0.79788456443666764, 1.0000000079788456, 0.3633802298125548 },
        { 0.25, 0.43720445779524231, 0.89583937101681727, 1.2239598427542043, 0.42143166409039754 },
        { 1, 1.2461847541812229, 1.2875999709391784, 2.2875999709391784, 0.6296862857766054 },
        { 2, 2.8959256238757093, 2.05524786267899, 5.1104957253579799, 0.88645194831142355 },
        { 3, 5.4175877232399245, 3.0044378390421257, 10.013313517126377, 0.98666678845825919 },
        { 6.125, 19.676751032751255, 6.125000002847709, 38.515625017442217, 0.99999998255778249 },
        { 12.5, 79.043938533204673, 12.5, 157.25, 1.0 },
        { 40, 800.91893853320467, 40.0, 1601.0, 1.0 },
        { 300, 45000.918938533205, 300.0, 90001.0, 1.0 },
    };

    [Theory]
    [MemberData(nameof(Exact))]
    public void Integral_and_moments_are_exact_to_fifteen_digits_in_both_tails(double z, double log, double mean, double square, double variance)
    {
        Assert.Equal(log, HalfLine.LogIntegral(z), 3e-15 * Math.Max(1, Math.Abs(log)));
        HalfLine.Moments(z, out double foundMean, out double foundSquare, out double foundVariance);
        Assert.Equal(mean, foundMean, 2e-15 * mean);
        Assert.Equal(square, foundSquare, 3e-15 * square);
        Assert.Equal(variance, foundVariance, 3e-15 * variance);
    }

    [Fact]
    public void Nothing_jumps_where_the_formulas_meet()
    {
        Assert.Equal(HalfLine.LogIntegral(-0.0), HalfLine.LogIntegral(double.Epsilon), 1e-15);
        HalfLine.Moments(0, out double mean, out double square, out double variance);
        HalfLine.Moments(double.Epsilon, out double after, out double squareAfter, out double varianceAfter);
        Assert.Equal(mean, after, 1e-15);
        Assert.Equal(square, squareAfter, 1e-15);
        Assert.Equal(variance, varianceAfter, 1e-15);
    }

    [Theory]
    [InlineData(0, 0.0)]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.69314718055994531)]
    [InlineData(18, 36.395445208033054)]
    [InlineData(19, 39.339884187199494)]
    [InlineData(20, 42.335616460753485)]
    [InlineData(170, 706.57306224578735)]
    [InlineData(65535, 661276.8717651855)]
    public void Logarithms_of_factorials_are_exact_to_fifteen_digits(int n, double expected) =>
        Assert.Equal(expected, LogFactorial.Of(n), 1e-15 * Math.Max(1, expected));
}
